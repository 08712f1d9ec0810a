"""The room that a picture of data is drawn in, in path units, and what its parts share."""

import numpy as np

from bpsandbox.charts.marks import MARKS
from bpsandbox.core.data.datasets import Dataset

type Array = np.ndarray

WIDTH, HEIGHT, MARGIN, UNIT = 320, 200, 14, 10
ACROSS, DOWN = (WIDTH - 2 * MARGIN) * UNIT, (HEIGHT - 2 * MARGIN) * UNIT
EDGE = MARGIN * UNIT
HUES, BANDS = len(MARKS), 10


def kept(count: int, most: int) -> slice:
    """Every so-many-th, so that at most `most` are left."""
    return slice(None, None, max(1, -(-count // most)))


def values(dataset: Dataset) -> Array:
    """One number a sample: its class, or the first number of its target."""
    return dataset.y if dataset.is_classified else dataset.y[:, 0]


def bands(numbers: Array) -> Array:
    """Each number's tenth of their range, 0 to 9."""
    low, span = extent(numbers)
    return np.minimum(((numbers - low) / span * BANDS).astype(int), BANDS - 1)


def extent(numbers: Array) -> tuple[float, float]:
    """The lowest number and how far the highest lies above it; 1 in the middle where there is but one."""
    low, high = float(numbers.min()), float(numbers.max())
    return (low, high - low) if high > low else (low - 0.5, 1.0)
