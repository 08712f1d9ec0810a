"""Counts of numbers in equal bins."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.types import Array

FEWEST_UNITS = 256
"""Numbers that are fewer units in the last place apart differ by rounding: they count as equal."""


def equal_bins(values: Array, bins: int) -> list[int]:
    """Count finite numbers in equal bins from the lowest to the highest.

    All are in the middle bin if they are equal within rounding, or so far apart that the distance overflows.
    """
    low, high = float(values.min()), float(values.max())
    span, unit = high - low, float(np.spacing(max(abs(low), abs(high), float(np.finfo(np.float64).tiny))))
    if not FEWEST_UNITS * unit < span < np.inf:
        return [values.size if place == bins // 2 else 0 for place in range(bins)]
    counts, _edges = np.histogram(values, bins=bins, range=(low, high))
    return [int(count) for count in counts]
