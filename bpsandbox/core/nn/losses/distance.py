"""Elementwise losses of the distance between prediction and target."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.types import Array

from .base import Loss


class Distance(Loss):
    """A loss of d = p - y, by default averaged over all elements."""

    def __init__(self, *, reduction: str = "mean", factor: float = 1.0) -> None:
        self.reduction = reduction
        self.factor = factor


class MSELoss(Distance):
    """L = factor mean d^2"""

    def forward(self, p: Array, y: Array, value: Array) -> None:
        self.d = p - y
        np.vecdot(self.d, self.d, out=value)  # sum of d^2
        value *= self.scale(p)

    def backward(self, p: Array, y: Array, dp: Array) -> None:
        np.multiply(self.d, 2.0 * self.scale(p), out=dp)  # dL/dp = 2 factor d / n


class L1Loss(Distance):
    """L = factor mean |d|"""

    def forward(self, p: Array, y: Array, value: Array) -> None:
        self.d = p - y
        self.total(np.abs(self.d), value, self.scale(p))

    def backward(self, p: Array, y: Array, dp: Array) -> None:
        np.sign(self.d, out=dp)  # dL/dp = factor sign(d) / n, 0 at d = 0
        dp *= self.scale(p)

    def kink_sides(self, p: Array, y: Array) -> Array:
        return np.sign(p - y)


class HuberLoss(Distance):
    """L = factor mean of d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2)

    With c = d clipped to [-delta, delta] both branches are c (d - c / 2).
    """

    divisor = 1.0

    def __init__(self, *, delta: float = 1.0, reduction: str = "mean", factor: float = 1.0) -> None:
        super().__init__(reduction=reduction, factor=factor)
        self.delta = delta

    def forward(self, p: Array, y: Array, value: Array) -> None:
        d = p - y
        self.c = np.minimum(np.maximum(d, -self.delta), self.delta)
        self.total(d * self.c - self.c * self.c * 0.5, value, self.scale(p) / self.divisor)

    def backward(self, p: Array, y: Array, dp: Array) -> None:
        np.multiply(self.c, self.scale(p) / self.divisor, out=dp)  # dL/dp = factor c / n


class SmoothL1Loss(HuberLoss):
    """HuberLoss with delta = beta, divided by beta, so that its slope at large distances is 1."""

    def __init__(self, *, beta: float = 1.0, reduction: str = "mean", factor: float = 1.0) -> None:
        super().__init__(delta=beta, reduction=reduction, factor=factor)
        self.divisor = beta
