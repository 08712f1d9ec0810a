"""Losses that ask for a margin."""

from __future__ import annotations

import numpy as np

from .base import Array, Loss


class HingeLoss(Loss):
    """L = mean of max(0, 1 - y z) for one output and classes y = -1, 1."""

    def __init__(self, *, reduction: str = "mean") -> None:
        self.reduction = reduction

    def forward(self, z: Array, y: Array, value: Array, s: Array, t: Array) -> None:
        np.multiply(z, y, out=s)
        np.subtract(1.0, s, out=s)
        np.maximum(s, 0.0, out=s)
        self.total(s, value, self.scale(z))

    def backward(self, z: Array, y: Array, dz: Array, s: Array, t: Array) -> None:
        np.sign(s, out=dz)  # dL/dz = -y / n inside the margin, else 0
        dz *= y
        dz *= -self.scale(z)

    def sides(self, z: Array, y: Array) -> Array:
        return np.sign(1.0 - z * y)


class MultiClassHingeLoss(Loss):
    """L = mean over rows of sum over wrong classes k of max(0, 1 - z_class + z_k) / K, as PyTorch's MultiMarginLoss.

    Targets are rows with 1 for the class and 0 elsewhere.
    """

    elementwise = False

    def __init__(self, *, reduction: str = "mean") -> None:
        self.reduction = reduction

    def forward(self, z: Array, y: Array, value: Array, s: Array, t: Array) -> None:
        self._margins(z, y, s, t)
        np.maximum(s, 0.0, out=s)
        self.total(s.reshape(*s.shape[:-2], -1), value, self.scale(z) / z.shape[-1])

    def backward(self, z: Array, y: Array, dz: Array, s: Array, t: Array) -> None:
        np.sign(s, out=dz)  # dL/dz_k = 1 / (n K) for each wrong class inside the margin
        np.add.reduce(dz, axis=-1, keepdims=True, out=t[..., :1])
        np.multiply(y, t[..., :1], out=s)
        dz -= s  # dL/dz_class = minus the number of those
        dz *= self.scale(z) / z.shape[-1]

    def sides(self, z: Array, y: Array) -> Array:
        s, t = np.empty_like(z), np.empty_like(z)
        self._margins(z, y, s, t)
        return np.sign(s)

    @staticmethod
    def _margins(z: Array, y: Array, s: Array, t: Array) -> None:
        """s = 1 - z_class + z_k for wrong classes, 0 for the right one"""
        np.multiply(z, y, out=s)
        own = t[..., :1]
        np.add.reduce(s, axis=-1, keepdims=True, out=own)
        np.subtract(z, own, out=s)
        s += 1.0
        np.subtract(1.0, y, out=t)
        s *= t
