"""Train: repeat forward, loss, backward and update, for all seeds at once.

`train` does not print, save or time anything. It yields Reports; the last one contains the Result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bpsandbox.core.errors import NoSuchExample, NoSuchSeed, NotAnExperiment
from bpsandbox.document import Stop

from .curves import Point
from .experiment import Experiment, Observer
from .observers.snapshots import State
from .observers.worked import Worked
from .observers.worked_example import Capture, WorkedExample
from .result import Result
from .session import Session
from .stack import Interrupted, Until
from .sweep import Sweep, SweepResult, SweepSession

ENDS_BY_ITSELF = ("epochs", "steps", "target", "tolerance", "early_stopping", "diverged")
"""Reasons why a seed stops if its run is not ended from outside."""


@dataclass(frozen=True)
class Report:
    """The progress of a run, with the points recorded since the last report.

    `work` is what was computed so far, `ahead` the most that is computed until `until` is called again and, if
    the run then ends, until its result. Both are counted in multiply-adds. `states` makes the states of the network
    since an epoch: see Session.states. Call it before the next report.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    points: tuple[Point, ...] = ()
    work: float = 0.0
    ahead: float = 0.0
    result: Result | SweepResult | None = None
    states: Callable[[int], list[State]] = field(default=lambda after: [], compare=False, repr=False)

    @property
    def share(self) -> float:
        """Return the share of the planned steps that are done, 0 to 1."""
        return self.step / self.steps if self.steps else 1.0


def train(
    experiment: Experiment | Sweep,
    *,
    observers: Sequence[Observer] = (),
    until: Until = None,
) -> Iterator[Report]:
    """Train every seed of an experiment, or of all members of a sweep, and yield reports.

    `observers` are added to those of the experiment and can be read afterwards; a sweep takes none. `until`
    is called after each report (every HEARTBEAT multiply-adds, or after one longer step), and by LBFGS before each
    evaluation within a step. When it returns a word, the run ends, with that word as the reason; a step
    that was interrupted is not done. Raises NotAnExperiment for other types, such as a config that was not built.
    """
    if not isinstance(experiment, Experiment | Sweep):
        raise NotAnExperiment(experiment)
    return _reports(experiment, observers, until)


def _reports(experiment: Experiment | Sweep, observers: Sequence[Observer], until: Until) -> Iterator[Report]:
    with np.errstate(all="ignore"):  # the session looks for numbers that are not finite
        if isinstance(experiment, Sweep):
            session: Session | SweepSession = SweepSession(experiment, until)
        else:
            session = Session(experiment, observers, until)
    sent, word = 0, None
    while session.is_running and word is None:
        report = _report(session, sent)
        yield report
        sent += len(report.points)
        word = until() if until is not None else None
        if word is None:
            word = _advance(session)
    with np.errstate(all="ignore"):
        session.close(word)
    result = Result(session) if isinstance(session, Session) else SweepResult(session)
    yield _report(session, sent, result)


def run(experiment: Experiment, *, observers: Sequence[Observer] = ()) -> Result:
    """Train an experiment to the end and return the result."""
    *_, last = train(experiment, observers=observers)
    assert isinstance(last.result, Result)
    return last.result


def work(experiment: Experiment, example: WorkedExample, *, until: Until = None) -> Capture | Stop:
    """Train only one seed, up to one step, and capture that step.

    If the seed stops earlier, its last step is captured. Returns the Stop if there is no step to show:
    it diverged before its first update, or `until` ended it. Raises NoSuchExample or NoSuchSeed.
    """
    if not 0 <= example.sample < len(experiment.train):
        raise NoSuchExample("training example", example.sample, len(experiment.train))
    if not 0 <= example.step < experiment.total_steps:
        raise NoSuchExample("step", example.step, experiment.total_steps)
    if example.seed is not None and example.seed not in experiment.seeds:
        raise NoSuchSeed(example.seed, experiment.seeds)
    stop: Stop | None = None
    while True:
        observer = Worked(example)
        session = _until_captured(_alone(experiment, example), observer, until)
        if observer.captured is not None:
            return replace(observer.captured, stop=stop)
        stop = session.endings.stops[0]
        if stop.reason not in ENDS_BY_ITSELF or stop.step == 0:
            return stop
        example = replace(example, step=min(example.step, stop.step) - 1)


def _until_captured(experiment: Experiment, observer: Worked, until: Until) -> Session:
    """Train until the observer has captured its step, or the run ends."""
    word = None
    with np.errstate(all="ignore"):
        session = Session(experiment, [observer], until)
    while session.is_running and observer.captured is None and word is None:
        word = until() if until is not None else None
        if word is None:
            word = _advance(session)
    if observer.captured is None:
        with np.errstate(all="ignore"):
            session.close(word)
    return session


def _alone(experiment: Experiment, example: WorkedExample) -> Experiment:
    """Return the experiment with only the example's seed and no records; its bits are the same alone as in a stack."""
    place = example.place(experiment.seeds)
    row, rates = slice(place, place + 1), experiment.rates
    return replace(
        experiment,
        seeds=experiment.seeds[row],
        start=None if experiment.start is None else experiment.start[row],
        rates=rates[row] if rates is not None and rates.ndim == 2 else rates,
        observers=(),
    )


def _advance(session: Session | SweepSession) -> str | None:
    """Train until the next report is due; return the word that interrupted a step, if one did."""
    try:
        with np.errstate(all="ignore"):
            session.advance(session.steps_per_report)
    except Interrupted as interruption:
        return interruption.word
    return None


def _report(session: Session | SweepSession, sent: int, result: Result | SweepResult | None = None) -> Report:
    points = tuple(session.points_from(sent))
    return Report(
        session.epoch, session.epochs, session.step, session.total_steps, points, session.work, session.ahead, result,
        session.states,
    )  # fmt: skip
