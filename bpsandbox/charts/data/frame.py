"""Define the size of data pictures in path units, and shared helpers."""

from typing import TypeAlias

import numpy as np

from bpsandbox.charts.marks import MARKS
from bpsandbox.core.data.datasets import Dataset

Array: TypeAlias = np.ndarray

WIDTH, HEIGHT, MARGIN, UNIT = 320, 200, 14, 10
ACROSS, DOWN = (WIDTH - 2 * MARGIN) * UNIT, (HEIGHT - 2 * MARGIN) * UNIT
EDGE = MARGIN * UNIT
HUES, BANDS = len(MARKS), 10


def sample_slice(count: int, most: int) -> slice:
    """Return a slice that keeps at most `most` of `count`, evenly spaced."""
    return slice(None, None, max(1, -(-count // most)))


def values(dataset: Dataset) -> Array:
    """Return one number for each sample: its class, or the first number of its target."""
    return dataset.y if dataset.is_classified else dataset.y[:, 0]


def bands(numbers: Array) -> Array:
    """Return the tenth of the range in which each number is, 0 to 9."""
    low, span = extent(numbers)
    return np.minimum(((numbers - low) / span * BANDS).astype(int), BANDS - 1)


def extent(numbers: Array) -> tuple[float, float]:
    """Return the minimum and the range of the numbers; a range of 1 around a constant."""
    low, high = float(numbers.min()), float(numbers.max())
    return (low, high - low) if high > low else (low - 0.5, 1.0)
