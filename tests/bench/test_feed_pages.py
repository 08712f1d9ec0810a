import pytest

from bench import feed_pages
from bench.load.community import Community
from bench.load.texts import SHAPES

pytestmark = pytest.mark.full


def test_what_a_walk_doubles_and_what_it_loses_is_counted():
    before, after = {1: 10, 2: 20, 3: 30, 4: 40}, {1: 10, 2: 21, 3: 30, 5: 50}
    assert feed_pages.doubled([5, 1, 3, 1]) == [1]
    assert feed_pages.lost([5, 1], before, after) == [3]
    assert feed_pages.lost([1, 3], before, after) == []


@pytest.fixture
def filled(transactional_db, settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    Community(SHAPES["tiny"], say=lambda line: None).write()


def test_a_feed_read_while_others_write_is_whole(filled, live_server, monkeypatch):
    monkeypatch.setattr(feed_pages, "PAUSE", 0.05)
    found = feed_pages.measure(live_server.thread.port, 12, settle=lambda: None)
    assert (found["doubled"], found["lost"], found["missing"], found["refused"]) == (0, 0, 0, 0)
    assert found["pages"] >= 12 and found["pages"] > found["walks"]  # there is something between two pages
    assert found["posts"] >= feed_pages.WRITERS and found["rows"] > found["pages"]
    lines = list(feed_pages.report(found | {"deployment": "", "size": "", "cores": 1}))
    assert lines[-1].startswith(f"| {found['pages']} |")
