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
    result: Result | None = None

    @property
    def share(self) -> float:
        """How much of the planned work is done, 0 to 1."""
        return self.step / self.steps if self.steps else 1.0


def train(
    experiment: Experiment, *, trace: Trace | None = None, until: Callable[[], str | None] | None = None
) -> Iterator[Report]:
    """Train every seed of an experiment, reporting as it goes.

    `until` is asked between reports; a word from it ends the run there, and is why its seeds stopped.
    """
    with np.errstate(all="ignore"):  # the session looks for numbers that are not finite and tells where they began
        session = Session(experiment, trace)
    sent, word = 0, None
    while session.is_running and word is None:
        yield _report(session, sent)
        sent = len(session.curves.points)
        with np.errstate(all="ignore"):
            session.advance(HEARTBEAT)
        word = until() if until is not None else None
    with np.errstate(all="ignore"):
        session.close(word)
    yield _report(session, sent, Result(session))


def run(experiment: Experiment, *, trace: Trace | None = None) -> Result:
    """Train to the end and give the result alone."""
    for report in train(experiment, trace=trace):
        if report.result is not None:
            return report.result
    raise AssertionError("the last report always carries the result")


def _report(session: Session, sent: int, result: Result | None = None) -> Report:
    epochs = -(-session.total // session.per_epoch)
    points = tuple(session.curves.points[sent:])
    return Report(session.epoch, epochs, session.step, session.total, points, result)
