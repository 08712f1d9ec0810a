"""The time budget of a run, checked by the child between steps."""

from __future__ import annotations

import time
from collections.abc import Callable

SHARE = 0.95
"""The rest is for work not counted in `Report.ahead`: serialising the document and the pipe."""
TRUSTED_WORK = 1e9
"""Multiply-adds after which the measured speed is used. Before that, start-up dominates."""
MOST_RESERVED = 0.5
"""Share of the budget that may be reserved before the speed is known."""


class Deadline:
    """A deadline on one clock, less the time for what the run must still compute before the next check and its end.

    The core counts work in multiply-adds, and this class measures how long one takes. So a config has the same recorded
    points on every machine, and only the last one depends on the clock.
    """

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self.clock = clock
        self.seconds = seconds * SHARE
        self.start = clock()
        self.work = 0.0
        self.reserved = 0.0

    def note(self, *, work: float, ahead: float) -> None:
        """Record the work done since the start, and the most work before the run can end."""
        wanted = ahead * self.spent / work if work else 0.0
        self.reserved = wanted if work >= TRUSTED_WORK else min(wanted, MOST_RESERVED * self.seconds)

    @property
    def spent(self) -> float:
        return self.clock() - self.start

    @property
    def is_over(self) -> bool:
        return self.spent + self.reserved > self.seconds


class Budget:
    """Processor and wall time of a run, less what is needed to send its result."""

    def __init__(self, *, cpu_seconds: float, wall_seconds: float) -> None:
        self.deadlines = (Deadline(time.process_time, cpu_seconds), Deadline(time.monotonic, wall_seconds))

    def note(self, *, work: float, ahead: float) -> None:
        for deadline in self.deadlines:
            deadline.note(work=work, ahead=ahead)

    def until(self) -> str | None:
        """Return "limit" if the run must end with what it has."""
        return "limit" if any(deadline.is_over for deadline in self.deadlines) else None
