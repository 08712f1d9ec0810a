"""Base class of losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np

from bpsandbox.core.types import Array


class Loss:
    """The distance of predictions `p` from targets `y`, one number per seed, and its derivative with respect to p.

    An elementwise loss gets p and y as (seeds, n k), any other as (seeds, n, k). y may have a seeds' axis of length 1
    for all seeds; arrays of a single seed do not have this axis.
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
    """Number of values summed per example if the mean is only over examples; included in `factor`."""

    @property
    def name(self) -> str:
        return type(self).__name__

    def scale(self, p: Array) -> float:
        """Return the weight of one term of the sum."""
        return self.factor / self.rows(p) if self.reduction == "mean" else self.factor

    def rows(self, p: Array) -> int:
        """Return the number of rows, or of elements for an elementwise loss."""
        return p.shape[-1 if self.elementwise else -2]

    def mass(self, y: Array) -> float:
        """Return the weight of a part of the data, y (1, n, k), in a mean over parts."""
        return float(y.shape[1])

    def floor(self, y: Array) -> float:
        """Return the minimum of the loss for these targets, (1, n, k)."""
        return 0.0

    def kink_sides(self, p: Array, y: Array) -> Array | None:
        """Return the side of the kinks of every term; None for a smooth loss."""
        return None

    def total(self, terms: Array, value: Array, scale: float) -> None:
        """value = scale * sum of terms"""
        np.add.reduce(terms, axis=-1, out=value)
        np.multiply(value, scale, out=value)
