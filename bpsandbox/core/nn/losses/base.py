"""What every loss can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np

from bpsandbox.core.types import Array


class Loss:
    """A number a seed that says how far predictions `p` are from targets `y`, and its derivative by p.

    An elementwise loss sees p and y as (seeds, n k), any other as (seeds, n, k); y may have one row for all seeds, and
    arrays of a single seed come without the seeds' axis.
    """

    elementwise: ClassVar[bool] = True
    forward: Callable[..., None]
    """`forward(p, y, value)` writes the loss of every seed to `value`, shape (seeds,)."""
    backward: Callable[..., None]
    """`backward(p, y, dp)` writes dL/dp; called after forward with the same arrays."""
    reduction = "mean"
    factor = 1.0
    """Multiplies the loss."""
    summed = 1
    """How many numbers of an example are summed if the "mean" is over examples only; included in `factor`.
    """

    @property
    def name(self) -> str:
        return type(self).__name__

    def scale(self, p: Array) -> float:
        """Weight of one term of the sum."""
        return self.factor / self.rows(p) if self.reduction == "mean" else self.factor

    def rows(self, p: Array) -> int:
        """Number of rows, or of all elements for an elementwise loss."""
        return p.shape[-1 if self.elementwise else -2]

    def mass(self, y: Array) -> float:
        """Weight of a part of the data (y: (1, n, k)) among others, for a mean over parts."""
        return float(y.shape[1])

    def floor(self, y: Array) -> float:
        """The least that the loss can be for these targets, (1, n, k)."""
        return 0.0

    def kink_sides(self, p: Array, y: Array) -> Array | None:
        """Return on which side of its kinks every term is; None for a smooth loss."""
        return None

    def total(self, terms: Array, value: Array, scale: float) -> None:
        """value = scale * sum of terms"""
        np.add.reduce(terms, axis=-1, out=value)
        np.multiply(value, scale, out=value)
