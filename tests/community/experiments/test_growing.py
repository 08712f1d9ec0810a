"""While a run trains, its pictures are there for who may see it."""

import re

import pytest
from django.core.management import call_command
from django.test import Client

from bpsandbox import charts, core, leases
from bpsandbox.models import Attachment
from bpsandbox.runner.live import Live
from bpsandbox.runner.supervisor import Failure
from bpsandbox.spec import build, parse
from community.experiments import sharing
from tests.training import XOR

pytestmark = pytest.mark.django_db
FETCH = {"X-Requested-With": "fetch", "Accept": "text/html"}


@pytest.fixture
def trains(visitor):
    """Return a function: let a visitor's run train for some epochs. It returns the spec's hash."""
    visitor.post("/playground/", {"config": XOR}, headers=FETCH)
    claim = leases.claim_next("test")
    live, reports, sent = Live(), core.train(build(parse(XOR))), -1

    def go(epochs: int) -> str:
        nonlocal sent
        for _epoch in range(epochs):
            report = next(reports)
            states = report.states(sent)
            sent = states[-1][0] if states else sent
            points = [[epoch, step, values] for epoch, step, values in report.points]
            live.add({"points": points, "epoch": report.epoch, "epochs": report.epochs, "eta": None, "states": states})
        assert leases.report(claim, live.snapshot(attempt=1))
        return parse(XOR).hash

    go.claim = claim
    return go


def test_the_stage_of_a_run_that_trains_has_its_newest_state(visitor, trains):
    spec_hash = trains(6)
    stage = visitor.get(f"/runs/{spec_hash}/stage/").content.decode()
    assert (
        "data-grows" in stage
        and "Follow the training" in stage
        and "Epoch 5, seed 0: in training" in " ".join(stage.split())
    )
    assert 'class="network"' in stage and "plane boundary" in stage and "/pictures/" not in stage
    trains(3)
    views = visitor.get(f"/runs/{spec_hash}/snapshot/?seed=1").content.decode()
    assert "Epoch 8, seed 1" in views and 'role="status"' not in views
    assert re.findall(r'<option value="(\d+)"', views) == [str(epoch) for epoch in range(9)]
    assert "Epoch 3, seed 1\n" in visitor.get(f"/runs/{spec_hash}/snapshot/?seed=1&epoch=3").content.decode()


def test_it_is_found_by_nobody_else_and_before_its_first_state_by_nobody(visitor, trains):
    spec_hash = parse(XOR).hash
    assert visitor.get(f"/runs/{spec_hash}/stage/").status_code == 404
    trains(4)
    for part in ("stage", "snapshot"):
        assert visitor.get(f"/runs/{'0' * len(spec_hash)}/{part}/").status_code == 404
        assert visitor.get(f"/runs/{spec_hash}/{part}/")["Cache-Control"] == "no-store"


def test_the_states_of_a_private_run_are_its_owners(visitor, trains):
    spec_hash = trains(4)
    views = f"/runs/{spec_hash}/snapshot/"
    assert Client().get(views).status_code == 200  # by link
    Attachment.objects.update(visibility=Attachment.Visibility.PRIVATE)
    assert visitor.get(views).status_code == 200
    for part in ("", "stage/", "snapshot/", "card/"):
        for query in ("", "?seed=0", "?epoch=2", "?post=1"):
            assert Client().get(f"/runs/{spec_hash}/{part}{query}").status_code == 404, part


def test_a_state_is_drawn_once_for_all_who_watch(visitor, trains, monkeypatch):
    drawn, real = [], charts.snapshot
    monkeypatch.setattr(charts, "snapshot", lambda *given: drawn.append(given[2:]) or real(*given))
    address = f"/runs/{trains(5)}/snapshot/"
    watchers = (visitor, Client(), Client(), Client())
    shown = [each.get(address, {"post": n, "seed": 99 + n}).content for n, each in enumerate(watchers)]
    assert len(drawn) == 1 and b"Epoch 4" in shown[0] and set(shown) == {shown[0]}
    trains(1)
    assert b"Epoch 5" in visitor.get(address).content
    assert len(drawn) == 2


def test_tampered_epochs_and_seeds_show_what_there_is(visitor, trains):
    address = f"/runs/{trains(5)}/snapshot/"
    for epoch, seed, told in (
        ("99", "2", "Epoch 4, seed 2"),
        ("-1", "x", "Epoch 4, seed 0"),
        ("٣", "9" * 15, "Epoch 4"),
    ):
        answer = visitor.get(address, {"epoch": epoch, "seed": seed})
        assert answer.status_code == 200 and told in answer.content.decode()


@pytest.mark.parametrize("address", ["/playground/?c=", "/runs/"])
def test_without_script_the_page_has_the_states_so_far(visitor, trains, address):
    spec_hash = trains(6)
    address += sharing.packed(XOR) if "?" in address else f"{spec_hash}/"
    page = visitor.get(address).content.decode()
    assert "Epoch 5, seed 0" in page and 'http-equiv="refresh"' in page
    shown = visitor.get(address, {"epoch": "3", "seed": "1"} | ({"c": sharing.packed(XOR)} if "?" in address else {}))
    assert "Epoch 3, seed 1" in shown.content.decode()


def test_a_page_opened_before_the_first_state_says_where_the_pictures_will_be(visitor, trains):
    spec_hash = parse(XOR).hash
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert f'data-stage-url="/runs/{spec_hash}/stage/"' in page
    trains(1)
    page, stage = (visitor.get(f"/runs/{spec_hash}/{part}").content.decode() for part in ("", "stage/"))
    assert "data-stage-url" not in page
    assert "Epoch 0, seed 0" in page and "data-grows" in stage and "Epoch 0, seed 0" in stage


def test_a_card_says_that_there_are_pictures(visitor, trains):
    spec_hash = parse(XOR).hash
    trains(1)
    assert "data-grows" in visitor.get(f"/runs/{spec_hash}/card/").content.decode()


def test_a_run_that_was_stopped_shows_where(visitor, trains):
    spec_hash = trains(6)
    visitor.post(f"/runs/{spec_hash}/cancel/")
    assert leases.stop(trains.claim)
    stage = " ".join(visitor.get(f"/runs/{spec_hash}/stage/").content.decode().split())
    assert "Epoch 5, seed 0: where it was stopped" in stage and "data-grows" not in stage


def test_a_listed_run_has_one_name(client):
    call_command("front_run")
    from tests.training import train

    spec_hash = train()
    gallery, page = (client.get(address).content.decode() for address in ("/runs/", f"/runs/{spec_hash}/"))
    assert "XOR with two hidden units" in gallery.replace("\u200b", "")
    assert "XOR with two hidden units" in re.search(r"<h1>(.*?)</h1>", page)[1]


def test_a_run_that_failed_after_some_points_says_why(visitor, trains):
    spec_hash = trains(6)
    assert leases.fail(trains.claim, Failure("wall", {"seconds": 600.0}))
    for address in (f"/runs/{spec_hash}/", f"/runs/{spec_hash}/card/", f"/playground/?run={spec_hash}"):
        page = " ".join(visitor.get(address).content.decode().split())
        assert page.count("It did not end within 600 seconds, perhaps because the machine was busy.") == 1, address
        assert 'class="run-numbers"' in page, address
