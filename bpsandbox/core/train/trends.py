"""Estimate the trend and the noise of a recorded curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, median

FALLING = 0.01
"""A loss still falls if it decreases by this share over the last tenth of its points."""
SIGNIFICANT = 3.0
"""A difference is significant if it is this multiple of its standard error."""
NORMAL = 1.4826 / sqrt(6.0)
"""Standard deviation of normal noise, as a multiple of the median size of its second differences."""


@dataclass(frozen=True)
class Trend:
    """The mean of a curve's last tenth and of the tenth before it, with the standard error of their difference."""

    before: float
    last: float
    error: float

    @property
    def falls(self) -> bool:
        lost = self.before - self.last
        return lost > FALLING * abs(self.before) and lost > SIGNIFICANT * self.error


def noise(values: Sequence[float]) -> float:
    """Estimate the standard deviation of a curve around a smooth line, over the second half of its points."""
    tail = values[len(values) // 2 :]
    bends = [abs(a - 2 * b + c) for a, b, c in zip(tail, tail[1:], tail[2:], strict=False)]
    return NORMAL * median(bends) if bends else 0.0


def trend(values: Sequence[float]) -> Trend:
    """Compare the last tenth of at least two points with the tenth before it."""
    count = max(1, len(values) // 10)
    before, last = fmean(values[-2 * count : -count]), fmean(values[-count:])
    return Trend(before, last, noise(values) * sqrt(2 / count))
