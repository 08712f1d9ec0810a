"""What a run keeps beside its curves: gradient checks, decision boundaries, one worked example."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bpsandbox.core.gradcheck import Differences, GradientCheck, check_gradient, rows_for, unchecked
from bpsandbox.core.streams import stream
from bpsandbox.core.train.experiment import Experiment

from .overfit_tiny import overfit_tiny
from .worked_example import worked_example

if TYPE_CHECKING:
    from bpsandbox.core.train.session import Session

Array = np.ndarray


class Album:
    """Looks at the first seed of a session at the moments that the experiment asks for."""

    def __init__(self, session: Session) -> None:
        self.session = session
        experiment = session.experiment
        self.worked: dict[str, Any] | None = None
        wanted = experiment.worked_example
        self.worked_step = wanted.step if wanted else -1
        self.worked_place = wanted.place(experiment.seeds) if wanted else 0
        self.boundaries: list[dict[str, Any]] = []
        self.epochs = experiment.boundary.epochs if experiment.boundary else ()
        self.checks: list[dict[str, Any]] = []
        self.overfit: dict[str, Any] | None = None
        self._check("start", session.stack.network.values[:1])

    @property
    def experiment(self) -> Experiment:
        return self.session.experiment

    @property
    def next_step(self) -> int:
        """The step before which something is to be looked at, beside beginnings of epochs."""
        return self.worked_step if self.worked is None else -1

    def look_before_step(self) -> None:
        session = self.session
        if session.step == self.worked_step and self.worked is None:
            self._work()
        if self.epochs and session.step == (session.begun - 1) * session.per_epoch:
            self._draw_if_asked()

    def look_at_point(self) -> None:
        """A boundary asked for at the very end is drawn here, where no further step comes."""
        if self.epochs and self.session.step == self.session.total:
            self._draw_if_asked()

    def look_before_leaving(self, stopped: dict[int, Any]) -> None:
        """Take what was asked for later from the moment at which its seed stops."""
        leaving = {int(self.session.alive[row]) for row in stopped}
        if self.worked_step >= 0 and self.worked is None and self.worked_place in leaving:
            self._work()
        if 0 not in stopped or not self._first_is_alive():
            return
        drawn = {picture["epoch"] for picture in self.boundaries}
        if any(epoch > self.session.epoch for epoch in self.epochs) and self.session.epoch not in drawn:
            self._draw()

    def look_at_end(self) -> None:
        wanted = self.experiment.overfit_tiny
        if wanted is not None:
            self.overfit = overfit_tiny(self.experiment, wanted)
        self._check("end", self.session.values[:1])

    def _first_is_alive(self) -> bool:
        return len(self.session.alive) > 0 and self.session.alive[0] == 0

    def _work(self) -> None:
        session, wanted = self.session, self.experiment.worked_example
        if wanted is None:
            return
        stack, alive = session.stack, [int(place) for place in session.alive]
        if self.worked_place not in alive:
            return
        row = alive.index(self.worked_place)
        worked = worked_example(self.experiment, wanted, stack.network, stack.optimizer, row)
        self.worked = {**worked, "step": session.step, "epoch": session.epoch}

    def _draw_if_asked(self) -> None:
        drawn = {picture["epoch"] for picture in self.boundaries}
        if self.session.epoch in self.epochs and self.session.epoch not in drawn and self._first_is_alive():
            self._draw()

    def _draw(self) -> None:
        session, boundary = self.session, self.experiment.boundary
        if boundary is None:
            return
        network = self.experiment.network.bind(session.stack.network.values[:1])
        picture = boundary.draw(network, self.experiment.loss)
        self.boundaries.append({"epoch": session.epoch, "seed": self.experiment.seeds[0], **picture})

    def _check(self, when: str, values: Array) -> None:
        check = self.experiment.gradient_check
        if check is None or when not in check.at:
            return
        made = unchecked("diverged") if self._first_diverged() else self._compared(values, check)
        self.checks.append({"at": when, **made})

    def _compared(self, values: Array, check: GradientCheck) -> dict[str, Any]:
        with np.errstate(all="ignore"):
            return check_gradient(differences_of(self.experiment, values), check)

    def _first_diverged(self) -> bool:
        """Did the first seed end where there is no derivative, with no better parameters to go back to?"""
        stop = self.session.stops[0]
        return stop.get("reason") == "diverged" and "restored_epoch" not in stop


def differences_of(experiment: Experiment, values: Array) -> Differences:
    """The experiment's objective around one seed's `Network.values`, in double precision, on a few rows of its data."""
    train, most = experiment.train, rows_for(experiment.network, experiment.gradient_check or GradientCheck())
    rows = np.unique(np.linspace(0, len(train) - 1, min(most, len(train))).round().astype(int))
    network = experiment.network.bind(values.astype(np.float64), [stream(experiment.seeds[0], "dropout")])
    x, y = train.x[rows].astype(np.float64), train.y[rows].astype(np.float64)
    return Differences(network, experiment.loss, x, y, experiment.penalty)
