"""Progress of commands on standard error."""

import io

import pytest
from django.core.management.base import OutputWrapper

from community.common import progress
from community.common.progress import CLEAR, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when a test says so."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def told(stream: io.StringIO, clock: list[float], seconds: float, **options: bool) -> str:
    with Progress(OutputWrapper(stream), 10_000, "texts", **options) as tell:
        for done in (1000, 2000, 3000):
            clock[0] += seconds
            tell(done)
    return stream.getvalue()


def test_a_log_gets_a_line_now_and_then(clock):
    assert told(io.StringIO(), clock, 6) == "2,000 of 10,000 texts, 48 s left\n"


def test_a_terminal_gets_one_line_that_is_renewed_and_then_cleared(clock):
    lines = told(Terminal(), clock, 1).split(CLEAR)
    assert lines == [
        "",
        "1,000 of 10,000 texts, 9 s left",
        "2,000 of 10,000 texts, 8 s left",
        "3,000 of 10,000 texts, 7 s left",
        "",
    ]


def test_what_is_soon_done_says_nothing(clock):
    assert told(io.StringIO(), clock, 1) == ""


def test_of_uneven_parts_it_tells_the_time_that_has_passed(clock):
    assert told(io.StringIO(), clock, 6, is_even=False) == "2,000 of 10,000 texts, 12 s so far\n"
