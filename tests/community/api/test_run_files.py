"""Files and events of a run through the API: who may have which, and what they are."""

import asyncio
import csv
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bpsandbox import api as sandbox
from community.api.auth import VISITOR_READS
from community.api.models import Token
from community.common import open_streams
from tests.factories import PersonFactory
from tests.factories.runs import RUNS, SEEN_BY_VISITORS, run_of
from tests.training import CALM, XOR, train

from .conftest import Program

pytestmark = pytest.mark.django_db
FILES = (
    "curve.svg", "card.png", "series.csv", "result.json", "worked.tex", "worked.md", "cite.bib", "config.yaml",
    "pictures/boundary.svg", "events",
)  # fmt: skip
KINDS = {
    "curve.svg": "image/svg+xml", "series.csv": "text/csv", "result.json": "application/json",
    "worked.tex": "application/x-tex", "events": "text/event-stream", "card.png": "image/png",
    "cite.bib": "application/x-bibtex", "worked.md": "text/markdown", "config.yaml": "application/yaml",
    "pictures/boundary.svg": "image/svg+xml",
}  # fmt: skip
PEOPLE = ("owner", "other", "visitor", "signed_in_owner", "suspended_owner")  # who is suspended then
SEEN = {
    "owner": set(RUNS) - {"deleted"},
    "other": SEEN_BY_VISITORS - {"by_link"},  # anybody can count up to its number
    "visitor": SEEN_BY_VISITORS - {"by_link"},
    "suspended_owner": set(),  # 401 for every run: the token is no good
    "signed_in_owner": SEEN_BY_VISITORS - {"by_link"},  # a session's cookie opens nothing here
}


def asking(who, owner) -> Callable[[str], HttpResponse]:
    """Return a function that asks for a path as one of PEOPLE."""
    client = Client()
    if who in ("visitor", "signed_in_owner"):
        if who == "signed_in_owner":
            client.force_login(owner)
        return lambda path: client.get(f"/api/v1/{path}")
    program = Program(client, PersonFactory() if who == "other" else owner)
    if who == "suspended_owner":
        owner.is_active = False
        owner.save()
    return program.get


@pytest.mark.parametrize("kind", RUNS)
def test_a_run_is_read_by_the_rules_of_its_page(kind):
    owner = PersonFactory()
    number = run_of(owner, kind).pk
    for who in PEOPLE:
        ask = asking(who, owner)
        absent = ask("runs/987654/series.csv")
        for name in FILES:
            answer = ask(f"runs/{number}/{name}")
            if kind in SEEN[who]:
                assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, KINDS[name]), (who, name)
            else:
                assert answer.status_code == absent.status_code == (401 if who == "suspended_owner" else 404), name
                assert answer.content == absent.content


@pytest.fixture
def mine(program):
    made = program.post("runs", {"config": XOR}).json()
    train()
    return f"runs/{made['id']}"


def test_the_files_are_those_of_the_page(program, mine):
    """The page's own files, as its owner gets them in a browser."""
    client = Client()
    client.force_login(program.owner)
    page = program.get(mine).json()["url"].removeprefix("http://testserver")
    for name in FILES[:-1]:
        assert program.get(f"{mine}/{name}").content == client.get(f"{page}{name}").content != b""
    looks = (
        "?scale=linear&size=narrow",
        "?from=10&to=30&seed=1&smooth=0.9&hide=seeds&hide=band",
        "?to=20",
        "?seed=2&scale=linear",
    )
    for query in looks:
        drawn = program.get(f"{mine}/curve.svg{query}").content
        assert drawn == client.get(f"{page}curve.svg{query}").content != program.get(f"{mine}/curve.svg").content


@pytest.mark.parametrize("name", ["series.csv", "result.json"])
def test_a_run_is_looked_up_once_for_a_file(program, mine, name):
    spec_hash = program.get(mine).json()["spec_hash"]
    with CaptureQueriesContext(connection) as taken:
        answer = program.get(f"{mine}/{name}")
    assert len([query for query in taken if 'FROM "bpsandbox_run"' in query["sql"]]) == 1
    assert spec_hash[:12] in answer["Content-Disposition"]


def test_a_number_is_one_run_even_after_its_spec_ran_again(program, mine):
    before = program.get(f"{mine}/result.json").content
    spec_hash = program.get(mine).json()["spec_hash"]
    again = sandbox.rerun(spec_hash, requester=program.owner)
    assert program.get(f"runs/{again.run.pk}/series.csv").status_code == 404
    train()
    assert program.get(f"{mine}/result.json").content == before
    assert program.get(f"runs/{again.run.pk}/worked.tex").status_code == 200


def test_every_file_answers_304_to_who_has_it(program, mine):
    for name in FILES[:-1]:
        first = program.get(f"{mine}/{name}")
        again = program.get(f"{mine}/{name}", If_None_Match=first["ETag"])
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        head = program.call("head", f"{mine}/{name}")
        assert (head.status_code, head["Content-Length"], head["ETag"]) == (200, str(len(first.content)), first["ETag"])
        assert program.call("head", f"{mine}/{name}", If_None_Match=first["ETag"]).status_code == 304
    linear = program.get(f"{mine}/curve.svg?scale=linear", If_None_Match=program.get(f"{mine}/curve.svg")["ETag"])
    assert linear.status_code == 200


def test_a_run_that_waits_has_no_files_yet(program):
    made = program.post("runs", {"config": XOR}).json()
    answers = {name: program.get(f"runs/{made['id']}/{name}").status_code for name in FILES}
    assert answers == dict.fromkeys(FILES, 404) | {"cite.bib": 200, "config.yaml": 200, "events": 200}


def test_a_picture_is_of_an_epoch_and_a_seed_and_another_kind_is_a_sentence(program, mine):
    first = program.get(f"{mine}/pictures/boundary.svg?epoch=0&seed=2").content.decode()
    assert first != program.get(f"{mine}/pictures/boundary.svg?epoch=40&seed=2").content.decode()
    answer = program.get(f"{mine}/pictures/heart.svg")
    assert (answer.status_code, answer.json()["error"]["message"]) == (404, "This run has no such picture.")
    assert program.get(f"{mine}/pictures/network.svg?seed=-1").status_code == 422


def test_the_series_is_csv_that_a_program_reads(program, mine):
    lines = program.get(f"{mine}/series.csv").content.decode().splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert {row["seed"] for row in rows} == {"0", "1", "2"}
    final = program.get(mine).json()["final"]["train_loss"]
    last = [row for row in rows if row["epoch"] == "40"]
    assert [float(row["train_loss"]) for row in last] == final


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("curve.svg?seed=99", 422, "This run has nothing to show for: seed=99."),
        ("curve.svg?from=9000", 422, "from=9000"),
        ("curve.svg?hide=elephants", 422, "hide=elephants"),
        ("curve.svg?smooth=2", 422, "smooth"),
        ("pictures?epoch=-1", 422, "epoch"),
        ("worked.json?step=3", 404, "This step has not been worked out."),
        ("curve.svg?curve=elephants", 422, "This run has these curves: train_loss"),
        ("curve.svg?scale=cubic", 422, "log"),
        ("curve.svg?size=" + "9" * 7000, 422, "wide"),
        ("worked.tex?sample=-1", 422, "sample"),
        ("worked.tex?sample=99999999999999999999", 422, "sample"),
        ("worked.tex?sample=9", 404, "There is no training example 9: they go from 0 to 3."),
        ("worked.tex?seed=9", 404, "There is no seed 9."),
        ("worked.tex?step=3", 404, "This step has not been worked out."),
        ("twin/torch.py", 404, "There are scripts in pytorch, numpy,"),
        ("files/weights.zip", 404, "There are these files: data.csv, "),
    ],
)
def test_what_is_not_there_is_named(program, mine, query, status, words):
    answer = program.get(f"{mine}/{query}")
    assert answer.status_code == status and words in answer.content.decode()
    assert len(answer.content) < 1000


def test_the_notation_of_a_worked_step_is_chosen(program, mine):
    columns, rows = (program.get(f"{mine}/worked.tex?vectors={form}").content for form in ("columns", "rows"))
    assert columns == program.get(f"{mine}/worked.tex").content != rows


@pytest.mark.parametrize("accept", ["text/html", "image/png", "*/*", "application/json;q=0.1", ""])
def test_the_address_says_the_type_and_not_accept(program, mine, accept):
    assert program.get(f"{mine}/curve.svg", Accept=accept)["Content-Type"].startswith("image/svg+xml")
    assert program.get("runs/987654/curve.svg", Accept=accept)["Content-Type"].startswith("application/json")


def test_every_file_is_counted_against_the_limit_of_visitors(client):
    number = run_of(PersonFactory(), "public").pk
    VISITOR_READS.hit_key("net:127.0.0.1", cost=119)
    statuses = [client.get(f"/api/v1/runs/{number}/curve.svg").status_code for _try in range(2)]
    assert statuses == [200, 429]


def test_head_of_events_opens_no_stream(program, mine, no_open_streams):
    answer = program.call("head", f"{mine}/events")
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, "text/event-stream")
    assert not open_streams._open
    assert program.client.options(f"/api/v1/{mine}/events")["Allow"] == "GET, HEAD, OPTIONS"
    assert program.client.post(f"/api/v1/{mine}/events").status_code == 405


@pytest.mark.django_db(transaction=True)
class TestEvents:
    pytestmark = pytest.mark.usefixtures("no_open_streams")

    @staticmethod
    async def told(program, path, after_first) -> list[str]:
        headers = {"Authorization": f"Bearer {program.secret}"}
        answer = await AsyncClient().get(f"/api/v1/{path}", headers=headers)
        found: list[str] = []
        async with asyncio.timeout(60):
            async for chunk in answer.streaming_content:
                found.append(chunk.decode())
                if len(found) == 1:
                    await asyncio.to_thread(after_first)
        return found

    def test_each_change_is_told_to_the_owners_token_until_the_end(self, program):
        made = program.post("runs", {"config": CALM}).json()
        events = asyncio.run(self.told(program, f"runs/{made['id']}/events", train))
        assert '"state": "queued"' in events[0] and "event: progress" in events[0]
        assert "event: end" in events[-1] and '"state": "succeeded"' in events[-1]

    @pytest.mark.parametrize(
        "ended", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now()}, {"owner__is_active": False}]
    )
    def test_a_stream_ends_with_its_token(self, program, ended, monkeypatch):
        monkeypatch.setattr("community.common.shared_look.POLL_SECONDS", 0.2)
        made = program.post("runs", {"config": XOR}).json()

        def end():
            if "owner__is_active" in ended:
                type(program.owner).objects.update(is_active=False)
            else:
                Token.objects.update(**ended)

        events = asyncio.run(self.told(program, f"runs/{made['id']}/events", end))
        assert "event: end" not in "".join(events)
