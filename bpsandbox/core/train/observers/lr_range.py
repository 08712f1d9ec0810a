"""The learning rate finder: train a copy of the first seed while the rate grows, and see where its loss falls.

L. N. Smith, Cyclical learning rates for training neural networks, 2017, section 3.3. As in fastai's `lr_find` the rate
grows exponentially, the loss is smoothed, and the test ends when it blows up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bpsandbox.core.gradcheck import work
from bpsandbox.core.train.curves import finite, rounded
from bpsandbox.core.train.experiment import Experiment, Observed, Observer
from bpsandbox.core.train.stack import Stack
from bpsandbox.core.train.workload import BACKWARD, UPDATE

SMOOTHING = 0.9
"""Weight of the past in the smoothed loss, whose bias towards 0 is corrected as in Adam."""
BLOWN_UP = 4.0
"""The test ends when the smoothed loss is above this multiple of its minimum."""
FALL = 0.02
"""A smoothed loss that fell by less than this share, or than the scatter of the batches, suggests no rate."""
CALM_SHARE = 4
"""The rates of the first quarter are too small to learn: it shows the loss at the start, and its scatter."""
BELOW_MINIMUM = 10.0
"""The rate of the minimum is already too large: training there would not improve. fastai divides it by ten."""


@dataclass
class LearningRateRange(Observer):
    """Trains a copy from the initial weights, with the run's own optimiser, batches, penalty and clipping.

    All layers have the same rate, and there is no schedule. The run does not change.
    """

    low: float = 1e-6
    high: float = 10.0
    steps: int = 100

    name = "lr_range"

    def work(self, experiment: Experiment, when: str) -> float:
        rows = min(experiment.plan.batch_size or len(experiment.train), len(experiment.train))
        a_step = BACKWARD * work(experiment.network, rows) + UPDATE * experiment.network.size
        return self.steps * a_step if when == "end" else 0.0

    def at_end(self, run: Observed) -> None:
        with np.errstate(all="ignore"):
            self.outcome = lr_range(run.experiment, self)

    def document(self) -> dict[str, Any]:
        return self.outcome


def lr_range(experiment: Experiment, wanted: LearningRateRange) -> dict[str, Any]:
    """Return the rates with the loss of each step, raw and smoothed, and the suggestion."""
    rates, losses, ended = _losses(experiment, wanted)
    smoothed = smooth(losses)
    minimum, steepest, suggestion = suggest(rates, losses)
    return {
        "seed": experiment.seeds[0],
        "rates": [rounded(rate) for rate in rates],
        "losses": [finite(loss) for loss in losses],
        "smoothed": [rounded(loss) for loss in smoothed],
        "ended": ended,
        "minimum": minimum,
        "steepest": steepest,
        "suggestion": suggestion,
    }


def _losses(experiment: Experiment, wanted: LearningRateRange) -> tuple[list[float], list[float], str]:
    start = None if experiment.start is None else experiment.start[:1]
    alone = replace(experiment, seeds=experiment.seeds[:1], start=start, rates=None, observers=())
    stack = Stack(alone)
    rates: list[float] = []
    losses: list[float] = []
    for i in range(wanted.steps):
        if i % alone.steps_an_epoch == 0:
            stack.batches.begin_epoch()
        rate = wanted.low * (wanted.high / wanted.low) ** (i / (wanted.steps - 1))
        stack.set_rate(rate)
        if not stack.train(i % alone.steps_an_epoch, 1):
            return rates, losses, "not_finite"
        rates.append(rate)
        losses.append(float(stack.objective()[0]))
        smoothed = smooth(losses)
        if i and smoothed[-1] > BLOWN_UP * min(smoothed) > 0:
            return rates, losses, "blown_up"
    return rates, losses, "range"


def smooth(losses: list[float]) -> list[float]:
    """Return the exponential moving average, without its bias towards 0: s_i / (1 - b^(i + 1))."""
    made, mean = [], 0.0
    for i, loss in enumerate(losses, 1):
        mean = SMOOTHING * mean + (1.0 - SMOOTHING) * loss
        made.append(mean / (1.0 - SMOOTHING**i))
    return made


def suggest(rates: list[float], losses: list[float]) -> tuple[float | None, float | None, float | None]:
    """Return the rates of the minimum and of the steepest descent before it, and the suggested rate.

    That is the smaller one of the steepest rate and a tenth of the minimum's; None if the loss hardly fell.
    """
    calm, smoothed = len(losses) // CALM_SHARE, smooth(losses)
    if calm < 2 or not all(map(math.isfinite, smoothed)):
        return None, None, None
    lowest, start = calm + int(np.argmin(smoothed[calm:])), float(np.mean(losses[:calm]))
    if lowest == calm or start - smoothed[lowest] < max(FALL * abs(start), float(np.std(losses[:calm]))):
        return None, None, None
    slopes = np.gradient(np.array(smoothed), np.log(rates))[calm : lowest + 1]
    minimum, steepest = rates[lowest], rates[calm + int(np.argmin(slopes))]
    return rounded(minimum), rounded(steepest), float(f"{min(steepest, minimum / BELOW_MINIMUM):.2g}")
