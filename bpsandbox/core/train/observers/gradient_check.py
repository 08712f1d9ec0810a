"""The gradient check of the first seed, before and after training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bpsandbox.core.gradcheck import Differences, Effort, check_gradient, most_work, rows_for, unchecked
from bpsandbox.core.streams import stream
from bpsandbox.core.train.experiment import Experiment, Observed, Observer
from bpsandbox.core.types import Array
from bpsandbox.document import Stop


@dataclass
class GradientCheck(Effort, Observer):
    """Compares backward with centred differences (see core.gradcheck) at the `start` and the `end` of a run."""

    at: tuple[str, ...] = ("start", "end")

    name = "gradient_check"
    section = "checks"

    def work(self, experiment: Experiment, when: str) -> float:
        return most_work(experiment.network, self) if when in self.at else 0.0

    def begin(self, run: Observed) -> None:
        self.made: list[dict[str, Any]] = []
        self._check("start", run, run.stack.network.values[:1])

    def at_end(self, run: Observed) -> None:
        self._check("end", run, run.endings.values[:1])

    def _check(self, when: str, run: Observed, values: Array) -> None:
        if when not in self.at:
            return
        if _has_diverged(run.endings.stops.get(0)):
            self.made.append({"at": when, **unchecked("diverged")})
            return
        with np.errstate(all="ignore"):
            self.made.append({"at": when, **check_gradient(differences_of(run.experiment, values, self), self)})

    def document(self) -> list[dict[str, Any]]:
        return self.made


def _has_diverged(stop: Stop | None) -> bool:
    """Return whether a seed diverged and no best weights were restored."""
    return stop is not None and stop.reason == "diverged" and stop.restored_epoch is None


def differences_of(experiment: Experiment, values: Array, effort: Effort) -> Differences:
    """Return the objective at one seed's `Network.values`, in float64, on a few rows of the experiment's data."""
    train, most = experiment.train, rows_for(experiment.network, effort)
    rows = train.evenly(most)
    network = experiment.network.bind(values.astype(np.float64), [stream(experiment.seeds[0], "dropout")])
    x, y = train.x[rows].astype(np.float64), train.y[rows].astype(np.float64)
    return Differences(network, experiment.loss, x, y, experiment.penalty)
