import os
from collections import Counter

import pytest

from bench import mixed
from bench.load.community import Community
from bench.load.texts import SHAPES
from bench.traffic import mix, trainings
from bench.traffic.client import Answer, Call
from bench.traffic.meters import Meter
from bench.traffic.pages import catalogue
from bpsandbox import api
from community.content.models import Thread

pytestmark = pytest.mark.full

CATALOGUE = {
    "mix": {kind: [f"/{kind}/{place}/" for place in range(100)] for kind in (*mix.READING, "own") if kind != "static"},
    "members": {f"sessionid={number}": f"user{number}" for number in range(10)},
    "threads": [1, 2, 3],
    "votable": [4, 5, 6],
}


def drawn(count: int) -> list:
    load = mix.Mix(CATALOGUE, 80)
    return [load.next_call() for _ in range(count)]


def test_the_mix_has_its_shares_of_writing_and_of_members():
    calls = drawn(5000)
    reads = [call for call in calls if call.method == "GET"]
    assert 0.01 < 1 - len(reads) / len(calls) < 0.03
    visitors = sum("Cookie" not in dict(call.headers) for call in reads) / len(reads)
    assert 0.66 < visitors < 0.74
    assert {call.kind for call in calls if call.method == "POST"} == {"a reply", "a vote", "a new thread"}


def test_popularity_falls_with_the_rank():
    ranks = Counter(call.path for call in drawn(20_000) if call.kind == "thread")
    first, tenth, last = (ranks[f"/thread/{place}/"] for place in (0, 9, 99))
    assert first > 5 * tenth > 10 * last > 0


def test_a_reader_asks_again_with_the_validator_of_their_own_answer():
    load = mix.Mix({**CATALOGUE, "mix": {**CATALOGUE["mix"], **{kind: [] for kind in mix.READING}, "front": ["/"]}}, 80)
    kinds = Counter()
    for number in range(2000):
        call = load.next_call()
        sent = dict(call.headers)
        reader = (sent.get("Cookie"), sent.get("Accept-Language"), call.path)
        if call.method == "GET":
            kinds["If-None-Match" in sent] += 1
            assert sent.get("If-None-Match", repr(reader)) == repr(reader), number
            load.heard(call, Answer(call.kind, 200, 0.1, f"HTTP/1.1 200 OK\r\nETag: {reader!r}\r\n\r\n".encode(), b""))
    assert 0.05 < kinds[True] / kinds.total() < 0.25


def test_a_page_made_for_somebody_else_is_noted(monkeypatch):
    monkeypatch.setattr(mix, "LOOKED_AT", 1.0)
    load = mix.Mix(CATALOGUE, 80)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    menu = b'<div class="menu-head"><b>Ada</b><span class="soft">@user3</span></div>'
    own, other, visitors = (Call("front", "/", (("Cookie", f"sessionid={n}"),) if n else ()) for n in (3, 4, 0))
    for call, body in ((own, menu), (visitors, b"<p>"), (other, menu), (visitors, menu), (own, b"<p>")):
        load.heard(call, Answer("front", 200, 0.1, head, body))
    assert load.mistaken == ["/ for user4 names user3", "/ for a visitor names user3", "/ for user3 names nobody"]


@pytest.mark.parametrize(
    ("values", "a_minute"),
    [([5.0] * 8, 0.0), ([9.0, 9.0, 9.0, 9.0, 1.0, 2.0, 3.0, 4.0], 6.0), ([1.0, 2.0], 0.0)],
)
def test_the_slope_is_that_of_the_second_half(values, a_minute):
    assert mixed.slope(values, 10.0) == a_minute


def test_a_training_of_the_load_is_within_the_limits_and_takes_seconds(db):
    checked = api.check(trainings.CONFIG.format(seed=3))
    assert checked.is_fine
    assert 2 < checked.price.seconds < 30


def test_a_live_site_answers_every_kind_of_request(transactional_db, live_server, settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    monkeypatch.setattr(mix, "WRITING", 0.2)
    Community(SHAPES["tiny"], say=lambda line: None).write()
    before = Thread.objects.count()
    port = live_server.thread.port
    load = mix.Mix(catalogue(), port)
    meter = Meter({"web": lambda: [os.getpid()]})
    found = mixed.phase(port, load, meter, seconds=6.0, connections=2, rate=20.0)
    assert (found["errors"], found["wrong"], found["mistaken"]) == (0, [], [])
    assert found["kinds"]["all"]["requests"] == found["requests"] > 60
    assert {"thread", "thread, member", "a reply", "a vote"} <= set(found["kinds"])
    assert Thread.objects.count() - before == found["kinds"].get("a new thread", {"requests": 0})["requests"]
    lines = list(
        mixed.report({"phases": [found], "rate": 20.0, "connections": 2, "deployment": "", "size": "", "cores": 1})
    )
    assert sum(line.startswith("| thread") for line in lines) == 2
