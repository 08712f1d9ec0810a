"""Hinge losses."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.types import Array

from .base import Loss


class HingeLoss(Loss):
    """L = mean of max(0, 1 - y z) for one output and classes y = -1, 1."""

    def __init__(self, *, reduction: str = "mean") -> None:
        self.reduction = reduction

    def forward(self, z: Array, y: Array, value: Array) -> None:
        self.short = np.maximum(1.0 - z * y, 0.0)
        self.total(self.short, value, self.scale(z))

    def backward(self, z: Array, y: Array, dz: Array) -> None:
        np.sign(self.short, out=dz)  # dL/dz = -y / n inside the margin, else 0
        dz *= y
        dz *= -self.scale(z)

    def kink_sides(self, z: Array, y: Array) -> Array:
        return np.sign(1.0 - z * y)


class MultiClassHingeLoss(Loss):
    """L = mean over rows of sum over wrong classes k of max(0, 1 - z_class + z_k) / K, as PyTorch's MultiMarginLoss.

    Targets are rows with 1 for the class and 0 elsewhere.
    """

    elementwise = False

    def __init__(self, *, reduction: str = "mean") -> None:
        self.reduction = reduction

    def forward(self, z: Array, y: Array, value: Array) -> None:
        self.short = np.maximum(self._margins(z, y), 0.0)
        terms = self.short.reshape(*z.shape[:-2], -1)
        self.total(terms, value, self.scale(z) / z.shape[-1])

    def backward(self, z: Array, y: Array, dz: Array) -> None:
        np.sign(self.short, out=dz)  # dL/dz_k = 1 / (n K) for each wrong class inside the margin
        dz -= y * np.add.reduce(dz, axis=-1, keepdims=True)  # dL/dz_class = minus the number of those
        dz *= self.scale(z) / z.shape[-1]

    def kink_sides(self, p: Array, y: Array) -> Array:
        return np.sign(self._margins(p, y))

    @staticmethod
    def _margins(z: Array, y: Array) -> Array:
        """Return 1 - z_class + z_k for wrong classes, 0 for the correct one."""
        own = np.add.reduce(z * y, axis=-1, keepdims=True)
        return (z - own + 1.0) * (1.0 - y)
