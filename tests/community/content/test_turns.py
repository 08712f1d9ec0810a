"""A person has one preview at a time, so slow texts do not take every rendering child."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from community.common.errors import TooManyRequests
from community.content import turns

pytestmark = pytest.mark.django_db
ADDRESS = "/write/preview/"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.05)


def test_a_second_preview_of_a_person_waits_and_is_refused_when_the_first_takes_long(ada, as_user):
    with turns.turn(ada.pk):
        refused = as_user(ada).post(ADDRESS, {"source": "word"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "1")
    assert as_user(ada).post(ADDRESS, {"source": "word"}).status_code == 200


def test_the_previews_of_others_go_on_meanwhile(ada, bob, as_user):
    with turns.turn(ada.pk):
        assert as_user(bob).post(ADDRESS, {"source": "word"}).status_code == 200


def test_a_preview_that_fails_gives_the_turn_back(ada):
    with pytest.raises(ZeroDivisionError), turns.turn(ada.pk):
        1 / 0  # noqa: B018
    with turns.turn(ada.pk):
        pass


def test_only_the_newest_preview_of_a_person_waits(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 120)
    waits = threading.Semaphore(0)

    class Watched(threading.Condition):
        def wait_for(self, *args):
            waits.release()
            return super().wait_for(*args)

    monkeypatch.setattr(turns, "_free", Watched())

    def wait() -> str:
        try:
            with turns.turn(1):
                return "rendered"
        except TooManyRequests:
            return "refused"

    with ThreadPoolExecutor(3) as threads:
        with turns.turn(1):
            waits.acquire()
            requests = []
            for _ in range(3):
                requests.append(threads.submit(wait))
                waits.acquire()
            assert [request.result(60) for request in requests[:2]] == ["refused"] * 2
        assert requests[2].result(60) == "rendered"
    assert not turns._busy and not turns._newest
