import os

import pytest

from bench import reach
from bench.load.community import Community
from bench.load.texts import SHAPES
from bench.traffic.meters import Meter
from bench.traffic.mix import Mix
from bench.traffic.pages import catalogue
from community.content.models import Kind, Thread
from community.social.models import FeedEntry

pytestmark = pytest.mark.full

FEW = ["--posts", "2", "--authors", "3", "--before", "0.5", "--warming", "0.2", "--rate", "5"]


@pytest.fixture
def found(transactional_db, live_server, settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    monkeypatch.setattr(reach, "TURN", 0.5)
    Community(SHAPES["tiny"], say=lambda line: None).write()
    port = live_server.thread.port
    meter = Meter({"web": lambda: [os.getpid()]})
    return reach.measure(port, Mix(catalogue(), port), meter, reach._options(FEW)) | {
        "deployment": "", "size": "tiny", "cores": 1,
    }  # fmt: skip


def test_posts_are_timed_until_the_last_reader_sees_them(found):
    assert [len(phase["seconds"]) for phase in found["phases"]] == [0, 2, 3]
    assert all(0 < each < 30 for phase in found["phases"] for each in (*phase["feed"], *phase["notices"]))
    assert [phase["errors"] for phase in found["phases"]] == [0, 0, 0]
    assert (found["followers"], found["without"], found["mistaken"]) == (SHAPES["tiny"].most_followers, 0, [])
    lines = list(reach.report(found))
    assert sum(line.startswith("| posts") for line in lines) == 2
    note = Thread.objects.filter(kind=Kind.NOTE).order_by("pk").first()
    FeedEntry.objects.filter(thread=note).order_by("reader").last().delete()
    assert reach.counted([note.pk])[1] == 1
