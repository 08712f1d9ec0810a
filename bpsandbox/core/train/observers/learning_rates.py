"""The learning rate at each recorded point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bpsandbox.core.train.curves import rounded
from bpsandbox.core.train.experiment import Observed, Observer

Rate = float | list[float | None] | None


@dataclass
class LearningRates(Observer):
    """The learning rate of the step after each point: one number, or one for each seed if they differ."""

    name = "learning_rate"

    def begin(self, run: Observed) -> None:
        self.rates: list[Rate] = []

    def at_point(self, run: Observed) -> None:
        experiment, schedule = run.experiment, run.schedule
        rates = experiment.rates
        base = experiment.optimizer.lr if rates is None or rates.ndim == 1 else rates[:, :1]
        rate = schedule.rate(base, run.step if schedule.per == "step" else run.epoch)
        is_array = isinstance(rate, np.ndarray)
        self.rates.append([rounded(one) for one in np.ravel(rate)] if is_array else rounded(float(rate)))

    def document(self) -> list[Rate]:
        return self.rates
