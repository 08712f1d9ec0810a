from datetime import timedelta

import pytest

from community.saved import watching
from tests.community.notifications.mailing import WEDNESDAY, Clock


class Ticking(Clock):
    """A clock that never tells the same time twice."""

    def tell(self):
        self.now += timedelta(microseconds=1)
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    return Ticking(monkeypatch, WEDNESDAY)


@pytest.fixture
def look(clock):
    """Let time pass, two hours if nothing else is said, and look at the saved searches that are due."""

    def looked(after: timedelta = timedelta(hours=2)) -> int:
        clock.now += after
        return watching.watch()

    return looked
