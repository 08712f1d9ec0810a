"""Runs through the API: requested, read, listed, withdrawn."""

import pytest

from bpsandbox import api as sandbox
from tests.factories import NewcomerFactory, PersonFactory
from tests.training import CALM, XOR, train

from .conftest import Program

pytestmark = pytest.mark.django_db


def test_a_config_is_queued_once_and_reused_by_whoever_asks_again(program, client):
    first = program.post("runs", {"config": CALM, "title": "Mine"})
    made = first.json()
    assert (first.status_code, made["status"]) == (201, "queued")
    assert made["url"] == f"http://testserver/runs/{made['spec_hash']}/"
    train()
    again = Program(client, PersonFactory()).post("runs", {"config": CALM})
    assert (again.status_code, again.json()["id"], again.json()["status"]) == (200, made["id"], "succeeded")


def test_a_run_has_the_title_that_its_reader_gave_it_as_on_its_page(program, client):
    made = program.post("runs", {"config": XOR, "title": "Mine"}).json()
    train()
    [listed] = program.get("runs").json()["items"]
    assert made["title"] == listed["title"] == program.get(f"runs/{made['id']}").json()["title"] == "Mine"
    others = Program(client, PersonFactory())
    assert others.post("runs", {"config": XOR}).json()["title"] == "2-3-1 sigmoid on XOR"
    assert others.get("runs").json()["items"][0]["title"] == "2-3-1 sigmoid on XOR"


def test_a_run_that_ended_says_how(program):
    made = program.post("runs", {"config": CALM}).json()
    assert (made["final"], made["best"], made["stop"]) == (None, None, None)
    train()
    ended = program.get(f"runs/{made['id']}").json()
    assert (ended["status"], len(ended["seeds"])) == ("succeeded", len(ended["stop"]))
    assert len(ended["final"]["train_loss"]) == len(ended["best"]["train_loss"]) == len(ended["seeds"])


def test_a_run_says_what_is_wrong_with_it_as_the_terminal_does(program):
    """A start from zeros leaves the hidden units the same; while it waits nothing is known."""
    config = XOR.replace("lr: 2.0", "lr: 0.1").replace("loss:", "init: {type: zeros}\nloss:")
    made = program.post("runs", {"config": config}).json()
    assert made["findings"] is None
    train()
    found = program.get(f"runs/{made['id']}").json()["findings"]
    assert "symmetric" in [each["kind"] for each in found]
    assert found == program.get(f"runs/{made['id']}/result.json").json()["findings"]
    assert all(set(each) == {"kind", "seeds", "layer", "step", "evidence"} for each in found)


def test_every_problem_of_a_wrong_config_has_its_place(program):
    answer = program.post("runs", {"config": XOR.replace("lr:", "rate:") + "colour: red\n"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "invalid_config")
    assert len(error["problems"]) >= 2
    assert all({"line", "column", "path", "message"} <= problem.keys() for problem in error["problems"])
    assert program.get("runs").json()["items"] == []


def test_a_run_is_its_makers_alone(program, client):
    made = program.post("runs", {"config": XOR}).json()
    other = Program(client, PersonFactory())
    assert other.get(f"runs/{made['id']}").status_code == 404
    assert client.get(f"/api/v1/runs/{made['id']}").status_code == 404
    assert other.get(f"runs/{made['id']}").content == other.get("runs/987654").content
    assert other.get("runs").json()["items"] == []
    assert [item["id"] for item in program.get("runs").json()["items"]] == [made["id"]]


def test_a_run_by_link_is_open_to_all_and_on_no_list_until_it_is_private_again(program, client):
    made = program.post("runs", {"config": XOR, "visibility": "unlisted"}).json()
    train()
    other = Program(client, PersonFactory())

    def is_open() -> bool:
        assert other.get(f"runs/{made['id']}").status_code == 404  # numbers can be counted through, addresses cannot
        return client.get(f"/runs/{made['spec_hash']}/").status_code == 200

    assert is_open()
    assert made["spec_hash"] not in client.get("/runs/").content.decode()
    program.post("runs", {"config": XOR})
    assert is_open()  # whoever says nothing about it changes nothing
    program.post("runs", {"config": XOR, "visibility": "private"})
    assert not is_open()
    assert program.post("runs", {"config": XOR, "visibility": "public"}).status_code == 422


def test_what_was_never_run_is_no_run(program):
    """Over the quota a post's config is attached without a run."""
    parsed = sandbox.check(XOR).spec
    sandbox.attach(spec=parsed, requester=program.owner, target=("post", 1), visibility="public")
    answer = program.get("runs")
    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_nobody_waits_any_more_and_the_run_ends(program):
    made = program.post("runs", {"config": XOR}).json()
    assert program.call("delete", f"runs/{made['id']}").status_code == 204
    assert program.get(f"runs/{made['id']}").json()["status"] == "cancelled"


def test_an_account_without_a_confirmed_address_shares_the_runs_of_its_network(client, settings):
    settings.BPSANDBOX_NETWORK_RUNS_AN_HOUR = 1
    assert Program(client, NewcomerFactory()).post("runs", {"config": XOR}).status_code == 201
    refused = Program(client, NewcomerFactory()).post("runs", {"config": XOR.replace("40", "41")})
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "hourly_limit")
    assert Program(client, PersonFactory()).post("runs", {"config": XOR.replace("40", "41")}).status_code == 201


def test_a_token_opens_its_owners_private_script(program, client):
    made = program.post("runs", {"config": XOR}).json()
    assert program.get(f"runs/{made['id']}/twin/pytorch.py").status_code == 409
    train()
    answer = program.get(f"runs/{made['id']}/twin/pytorch.py")
    assert answer.status_code == 200 and b"import torch" in answer.content
    assert Program(client, PersonFactory()).get(f"runs/{made['id']}/twin/pytorch.py").status_code == 404
    assert client.get(f"/api/v1/runs/{made['id']}/twin/pytorch.py").status_code == 404
