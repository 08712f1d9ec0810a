"""The other doors of a run: family, posts, pictures, re-run, worked steps. Who may open which, and what is inside."""

from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from bpsandbox.lineage import with_parent
from bpsandbox.models import Attachment, Run
from community.content.services import edit_post
from community.mutes.services import mute
from tests.community.experiments.test_worked_steps import work_next
from tests.factories import PersonFactory, QuestionFactory
from tests.factories.runs import RUNS, SEEN_BY_VISITORS, run_of
from tests.training import XOR, train

from .conftest import Program
from .test_run_files import PEOPLE, SEEN, asking

pytestmark = pytest.mark.django_db
READ = ("family", "posts", "pictures", "worked.json")
STEP = {"sample": 2, "step": 7, "seed": 1}
FAST = XOR.replace("lr: 2.0", "lr: 0.5")
SWEEP = XOR.replace("record:", "sweep: {parameters: {optimizer.lr: [0.1, 1.0]}}\nrecord:")


@pytest.fixture
def mine(program):
    made = program.post("runs", {"config": XOR}).json()
    train()
    return f"runs/{made['id']}"


@pytest.fixture
def checked(client):
    """Return a function that checks an answer against the OpenAPI document, and returns its object."""
    schema = client.get("/api/v1/openapi.json").json()

    def check(answer, method, path):
        documented = schema["paths"][f"/api/v1/runs/{{run_id}}/{path}"][method]["responses"][str(answer.status_code)]
        shape = documented["content"]["application/json"]["schema"]
        Draft202012Validator({**shape, "components": schema["components"]}).validate(answer.json())
        return answer.json()

    return check


@pytest.mark.parametrize("kind", RUNS)
def test_each_door_is_open_to_whom_lists_show_the_run(kind):
    owner = PersonFactory()
    number = run_of(owner, kind).pk
    for who in PEOPLE:
        ask = asking(who, owner)
        for name in READ:
            answer, absent = (ask(f"runs/{each}/{name}") for each in (number, 987654))
            if kind in SEEN[who]:
                assert answer.status_code == 200, (who, name)
            else:
                assert answer.status_code == absent.status_code == (401 if who == "suspended_owner" else 404), name
                assert answer.content == absent.content


@pytest.mark.parametrize("kind", RUNS)
def test_nobody_starts_anything_of_a_run_they_are_not_shown(client, kind):
    number, other = run_of(PersonFactory(), kind).pk, Program(client, PersonFactory())
    is_seen = kind in SEEN_BY_VISITORS - {"by_link"}
    for name, body, status in (("worked", STEP, 202), ("rerun", {}, 201)):
        before = Run.objects.count()
        answer = client.post(f"/api/v1/runs/{number}/{name}", body, content_type="application/json")
        assert answer.status_code == 401 and Run.objects.count() == before
        assert other.post(f"runs/{number}/{name}", body).status_code == (status if is_seen else 404)
        assert Run.objects.count() == before + is_seen


@pytest.mark.parametrize("kind", RUNS)
@pytest.mark.parametrize("relation", ["parent", "fork"])
def test_a_family_names_only_what_is_listed(client, kind, relation):
    """Not even who has the address of a run that is shared by its link finds it there."""
    owner = PersonFactory()
    other = run_of(owner, kind)
    if relation == "parent":
        shown = run_of(PersonFactory(), "public", config=with_parent(FAST, other.spec.hash))
    else:
        shown = run_of(PersonFactory(), "public", config=FAST)
        Attachment.objects.filter(spec=other.spec_id).update(forked_from=shown.spec.hash)
    for reader in (owner, PersonFactory(), None):
        program = Program(client, reader) if reader else None
        answer = program.get(f"runs/{shown.pk}/family") if program else client.get(f"/api/v1/runs/{shown.pk}/family")
        members = [each["spec_hash"] for each in answer.json()["members"]]
        is_seen = kind != "deleted" if reader == owner else kind in SEEN_BY_VISITORS - {"by_link"}
        assert (other.spec.hash in members) == is_seen
        if not is_seen:
            assert other.spec.hash not in answer.content.decode()
            assert other.pk not in [each["id"] for each in answer.json()["members"]]


def test_a_family_is_a_tree_with_what_was_changed(program, mine, checked):
    parent = program.get(mine).json()
    made = program.post("runs", {"config": with_parent(FAST, parent["spec_hash"]), "title": "Slower"}).json()
    train()
    first, fork = checked(program.get(f"runs/{made['id']}/family"), "get", "family")["members"]
    assert (first["id"], first["parent"], first["changes"]) == (parent["id"], None, [])
    assert (fork["id"], fork["parent"], fork["title"]) == (made["id"], parent["spec_hash"], "Slower")
    assert fork["changes"] == ["learning rate 2 → 0.5"] and fork["url"] == made["url"]


def test_the_posts_are_those_that_the_reader_sees(client, checked):
    owner, reader = PersonFactory(), PersonFactory()
    run = run_of(owner, "in_a_post")
    link = f"See [this run](/runs/{run.spec.hash}/)."
    for way in ("shown", "hidden", "draft"):
        post = QuestionFactory(author=owner, draft=way == "draft").posts.get()
        edit_post(post=post, editor=owner, source=link, base_version=post.version)
        if way == "hidden":
            type(post).objects.filter(pk=post.pk).update(hidden_at="2026-01-01T00:00Z")
    path = f"runs/{run.pk}/posts"
    found = checked(client.get(f"/api/v1/{path}"), "get", "posts")
    assert [each["author"]["id"] for each in found["showing"]] == [owner.pk]
    assert [each["role"] for each in found["linking"]] == ["opening"]
    assert len(Program(client, owner).get(path).json()["linking"]) >= 1
    mute(person=reader, other=owner)
    assert Program(client, reader).get(path).json() == {"showing": [], "linking": []}


def test_every_picture_of_the_page_is_a_file(program, checked):
    record = "record: {gradients: true, activations: true, weights: [0, 40], decision_boundary: [0, 40]}"
    config = f"{XOR[: XOR.index('record:')]}lr_scheduler: {{type: CosineAnnealingLR}}\n{record}\n"
    path = f"runs/{program.post('runs', {'config': config}).json()['id']}"
    train()
    pictures = checked(program.get(f"{path}/pictures?epoch=0&seed=2"), "get", "pictures")["pictures"]
    names = {each["name"] for each in pictures}
    assert names >= {"network", "boundary", "gradient-norms", "learning-rate", "activations-std"}
    for each in pictures:
        assert (each["epoch"], each["seed"]) in {(0, 2), (None, None)}
        answer = program.get(each["url"].removeprefix("http://testserver/api/v1/"))
        root = ElementTree.fromstring(answer.content)
        assert answer["Content-Type"].startswith("image/svg+xml") and root.get("width") and len(root) == 3


def test_a_sweep_has_pictures_of_its_settings(program):
    path = f"runs/{program.post('runs', {'config': SWEEP}).json()['id']}"
    train()
    names = [each["name"] for each in program.get(f"{path}/pictures").json()["pictures"]]
    assert names[-3:] == ["setting-1", "setting-2", "parallel-coordinates"]
    for name in names:
        assert ElementTree.fromstring(program.get(f"{path}/pictures/{name}.svg").content).get("width")


def test_a_rerun_is_the_button_of_the_page(program, mine, checked):
    again = program.post(f"{mine}/rerun", {})
    made = checked(again, "post", "rerun")
    assert (again.status_code, made["status"]) == (201, "queued") and f"runs/{made['id']}" != mine
    joined = program.post(f"{mine}/rerun", {})
    assert (joined.status_code, joined.json()["id"]) == (200, made["id"])
    train()
    assert program.get(f"runs/{made['id']}").json()["final"] == program.get(mine).json()["final"]


def test_a_rerun_needs_a_token_that_writes_and_has_the_quota_of_runs(program, mine, reading_program, settings):
    public = run_of(PersonFactory(), "public", config=FAST)
    assert reading_program.post(f"runs/{public.pk}/rerun", {}).status_code == 403
    settings.BPSANDBOX_MEMBER_RUNS_AN_HOUR = 1
    refused = program.post(f"runs/{public.pk}/rerun", {})
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "hourly_limit") and refused["Retry-After"]
    assert Run.objects.filter(spec=public.spec).count() == 1


def test_a_rerun_with_a_key_is_carried_out_once(program, mine):
    answers = [program.post(f"{mine}/rerun", {}, Idempotency_Key="again") for _try in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"] and "Idempotency-Replayed" in answers[1]


def test_any_step_is_worked_and_read_in_every_form(program, mine, checked):
    asked_for = program.post(f"{mine}/worked", STEP)
    told = checked(asked_for, "post", "worked")
    assert (asked_for.status_code, told["state"]) == (202, "waiting")
    query = "?sample=2&step=7&seed=1"
    assert told["url"] == f"http://testserver/api/v1/{mine}/worked.json{query}"
    assert program.get(f"{mine}/worked.json{query}").status_code == 404
    work_next()
    assert checked(program.post(f"{mine}/worked", STEP), "post", "worked")["state"] == "ready"
    worked = checked(program.get(f"{mine}/worked.json{query}"), "get", "worked.json")
    assert {name: worked[name] for name in STEP} == STEP
    assert {each["phase"] for each in worked["equations"]} == {"forward", "loss", "backward", "update"}
    assert any(each["value"] for each in worked["equations"]) and "layers.0.weight" in worked["tensors"]["gradient"]
    assert r"\delta^{[1]}" in program.get(f"{mine}/worked.tex{query}").content.decode()
    assert "$$" in program.get(f"{mine}/worked.md{query}").content.decode()


def test_the_recorded_step_is_ready_and_needs_no_quota(program, mine, settings):
    settings.BPSANDBOX_STEPS_AN_HOUR = 1
    recorded = {"sample": 1, "step": 0, "seed": 0}
    assert program.post(f"{mine}/worked", recorded).status_code == 200
    assert program.post(f"{mine}/worked", STEP).status_code == 202
    assert program.post(f"{mine}/worked", STEP).status_code == 202
    refused = program.post(f"{mine}/worked", {**STEP, "step": 8})
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "step_limit")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({**STEP, "sample": 9}, "There is no training example 9: they go from 0 to 3."),
        ({**STEP, "seed": 9}, "There is no seed 9."),
        ({**STEP, "step": 40}, "There is no step 40: they go from 0 to 39."),
        ({**STEP, "step": -1}, "step"),
        ({"sample": 2}, "This field is required."),
        ({**STEP, "layer": 1}, "Unknown field."),
    ],
)
def test_a_step_that_there_is_not_is_a_sentence(program, mine, body, words):
    answer = program.post(f"{mine}/worked", body)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Run.objects.steps().exists()


def test_a_run_that_waits_has_neither_pictures_nor_steps(program):
    path = f"runs/{program.post('runs', {'config': XOR}).json()['id']}"
    assert program.get(f"{path}/pictures").json() == {"pictures": []}
    assert program.post(f"{path}/worked", STEP).status_code == 404


def test_a_run_without_posts_has_an_empty_list(program, mine):
    assert program.get(f"{mine}/posts").json() == {"showing": [], "linking": []}
