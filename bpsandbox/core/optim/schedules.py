"""PyTorch's learning-rate schedules in closed form.

`rate(base, t)` is the learning rate after t epochs (or steps), `base` being the initial one: a number, or an array
with a rate for every parameter when layers have their own; `out` is then an optional array to write to.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from bpsandbox.core.types import Array


class Schedule:
    """A constant rate."""

    per = "epoch"
    monitor = ""
    """The curve that the schedule depends on; empty for none."""

    def begin(self, seeds: int) -> None:
        """Reset for a run of `seeds` seeds."""

    def observe(self, seed: int, value: float) -> None:
        """Record the value of the monitored curve for one seed, counted from 0."""

    def rate(self, base: float | Array, t: int, out: Array | None = None) -> float | Array:
        return np.multiply(base, self.factor(t), out=out)

    def factor(self, t: int) -> float:
        """Return the factor of the initial rate, for a schedule that only multiplies."""
        return 1.0


class StepLR(Schedule):
    """gamma^floor(t / step_size)"""

    def __init__(self, *, step_size: int, gamma: float = 0.1) -> None:
        self.step_size, self.gamma = step_size, gamma

    def factor(self, t: int) -> float:
        return self.gamma ** (t // self.step_size)


class MultiStepLR(Schedule):
    """gamma^(number of milestones reached)"""

    def __init__(self, *, milestones: Sequence[int], gamma: float = 0.1) -> None:
        self.milestones, self.gamma = sorted(milestones), gamma

    def factor(self, t: int) -> float:
        return self.gamma ** bisect_right(self.milestones, t)


class ExponentialLR(Schedule):
    """gamma^t"""

    def __init__(self, *, gamma: float) -> None:
        self.gamma = gamma

    def factor(self, t: int) -> float:
        return self.gamma**t


class CosineAnnealingLR(Schedule):
    """rate = eta_min + (base - eta_min) (1 + cos(pi t / T_max)) / 2"""

    def __init__(self, *, T_max: int, eta_min: float = 0.0) -> None:
        self.period, self.low = T_max, eta_min

    def rate(self, base: float | Array, t: int, out: Array | None = None) -> float | Array:
        share = (1.0 + math.cos(math.pi * t / self.period)) / 2.0
        above = np.subtract(base, self.low, out=out)
        return np.add(np.multiply(above, share, out=out), self.low, out=out)


class LinearLR(Schedule):
    """From start_factor to end_factor in total_iters equal steps."""

    def __init__(self, *, start_factor: float = 1.0 / 3.0, end_factor: float = 1.0, total_iters: int = 5) -> None:
        self.start, self.end, self.total = start_factor, end_factor, total_iters

    def factor(self, t: int) -> float:
        return self.start + (self.end - self.start) * min(t, self.total) / self.total


class PolynomialLR(Schedule):
    """(1 - t / total_iters)^power, then 0"""

    def __init__(self, *, total_iters: int = 5, power: float = 1.0) -> None:
        self.total, self.power = total_iters, power

    def factor(self, t: int) -> float:
        return (1.0 - min(t, self.total) / self.total) ** self.power


class OneCycleLR(Schedule):
    """From max_lr / div_factor up to max_lr in pct_start of total_steps, then down to the start / final_div_factor.

    Both parts are half cosines, the same for all layers. Momentum does not change (PyTorch's cycle_momentum=False).
    Counted in steps.
    """

    per = "step"

    def __init__(
        self,
        *,
        max_lr: float,
        total_steps: int,
        pct_start: float = 0.3,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
    ) -> None:
        self.top = max_lr
        self.start = self.top / div_factor
        self.end = self.start / final_div_factor
        self.peak = pct_start * total_steps - 1.0
        self.last = total_steps - 1.0

    def rate(self, base: float | Array, t: int, out: Array | None = None) -> float:
        t = min(t, int(self.last))
        if t <= self.peak:
            return _cosine(self.start, self.top, t / self.peak if self.peak > 0 else 1.0)
        return _cosine(self.top, self.end, (t - self.peak) / (self.last - self.peak))


class ReduceLROnPlateau(Schedule):
    """Multiply the rate by `shrink` when `monitor` has not improved for more than `patience` recorded points.

    Improvement is relative: below best (1 - threshold), or above best (1 + threshold) in mode max. Each seed has its
    own rate: `rate` returns one row for each seed. `current` is the factor of every seed, `applied` the factor when
    `rate` was last called: a point recorded within an epoch changes the rate of the next one.
    """

    def __init__(
        self,
        *,
        monitor: str = "train_loss",
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        self.monitor, self.mode, self.shrink, self.patience = monitor, mode, factor, patience
        self.threshold, self.cooldown, self.low = threshold, cooldown, min_lr

    def begin(self, seeds: int) -> None:
        self.current, self.applied = np.ones((seeds, 1)), np.ones((seeds, 1))
        self.best = np.full(seeds, np.inf if self.mode == "min" else -np.inf)
        self.bad = np.zeros(seeds, dtype=int)
        self.resting = np.zeros(seeds, dtype=int)

    def observe(self, seed: int, value: float) -> None:
        self.bad[seed] = 0 if self._improves(seed, value) else self.bad[seed] + 1
        if self.resting[seed] > 0:
            self.resting[seed] -= 1
            self.bad[seed] = 0
        if self.bad[seed] > self.patience:
            self.current[seed] *= self.shrink
            self.resting[seed], self.bad[seed] = self.cooldown, 0

    def _improves(self, seed: int, value: float) -> bool:
        best = self.best[seed]
        sign = 1.0 if self.mode == "max" else -1.0
        if not np.isfinite(value):
            return False
        is_better = sign * value > sign * best * (1.0 + sign * self.threshold) if np.isfinite(best) else True
        if is_better:
            self.best[seed] = value
        return is_better

    def rate(self, base: float | Array, t: int, out: Array | None = None) -> Array:
        np.copyto(self.applied, self.current)
        return np.maximum(base * self.current, np.minimum(base, self.low))


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2.0 * (1.0 + math.cos(math.pi * share))


SCHEDULES = {
    cls.__name__: cls
    for cls in (
        StepLR,
        MultiStepLR,
        ExponentialLR,
        CosineAnnealingLR,
        LinearLR,
        PolynomialLR,
        ReduceLROnPlateau,
        OneCycleLR,
    )
}
