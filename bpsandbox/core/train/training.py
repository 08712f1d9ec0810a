"""Training: forward, loss, backward, update, again and again, for all seeds at once.

`train` prints, saves and times nothing. It yields a Report now and then; the last one carries the Result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .curves import Point
from .experiment import Experiment
from .result import Result
from .session import Session
from .sweep import Sweep, SweepResult, Together
from .trace import Trace

HEARTBEAT = 200
"""A report comes at least every so many steps, so that whoever listens can stop listening."""


@dataclass(frozen=True)
class Report:
    """How far a run is, with the points recorded since the last report."""

    epoch: int
    epochs: int
    step: int
    steps: int
    points: tuple[Point, ...] = ()
    result: Result | SweepResult | None = None

    @property
    def share(self) -> float:
        """How much of the planned work is done, 0 to 1."""
        return self.step / self.steps if self.steps else 1.0


def train(
    experiment: Experiment | Sweep, *, trace: Trace | None = None, until: Callable[[], str | None] | None = None
) -> Iterator[Report]:
    """Train every seed of an experiment, or of all members of a sweep, reporting as it goes.

    `until` is asked between reports; a word from it ends the run there, and is why its seeds stopped.
    """
    with np.errstate(all="ignore"):  # the session looks for numbers that are not finite and tells where they began
        session = Together(experiment) if isinstance(experiment, Sweep) else Session(experiment, trace)
    sent, word = 0, None
    while session.is_running and word is None:
        report = _report(session, sent)
        yield report
        sent += len(report.points)
        with np.errstate(all="ignore"):
            session.advance(HEARTBEAT)
        word = until() if until is not None else None
    with np.errstate(all="ignore"):
        session.close(word)
    result = Result(session) if isinstance(session, Session) else SweepResult(session)
    yield _report(session, sent, result)


def run(experiment: Experiment, *, trace: Trace | None = None) -> Result:
    """Train an experiment to the end and give the result alone."""
    *_, last = train(experiment, trace=trace)
    assert isinstance(last.result, Result)
    return last.result


def _report(session: Session | Together, sent: int, result: Result | SweepResult | None = None) -> Report:
    points = tuple(session.points_from(sent))
    return Report(session.epoch, session.epochs, session.step, session.total, points, result)
