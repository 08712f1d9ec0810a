"""Losses for targets between 0 and 1, element by element."""

from __future__ import annotations

import numpy as np

from .base import Array, Loss


class Binary(Loss):
    """A loss of shares."""

    def floor(self, y: Array) -> float:
        """Entropy of the targets: shares between 0 and 1 cannot be told for sure."""
        p, q = np.where(y > 0.0, y, 1.0), np.where(y < 1.0, 1.0 - y, 1.0)
        least = -float((y * np.log(p) + (1.0 - y) * np.log(q)).sum()) * self.factor
        return least / (y.size if self.reduction == "mean" else 1.0)


class BCELoss(Binary):
    """L = mean of -(y log p + (1 - y) log(1 - p)) for probabilities p, logarithms not below -100."""

    scratch = "fff"

    def __init__(self, *, reduction: str = "mean") -> None:
        self.reduction = reduction

    def forward(self, p: Array, y: Array, value: Array, s: Array, t: Array, u: Array) -> None:
        np.log(p, out=s)
        np.maximum(s, -100.0, out=s)
        s *= y
        np.negative(p, out=t)
        np.log1p(t, out=t)
        np.maximum(t, -100.0, out=t)
        np.subtract(1.0, y, out=u)
        t *= u
        s += t
        self.total(s, value, -self.scale(p))

    def backward(self, p: Array, y: Array, dp: Array, s: Array, t: Array, u: Array) -> None:
        np.subtract(1.0, p, out=s)
        s *= p
        np.maximum(s, 1e-12, out=s)
        np.subtract(p, y, out=dp)  # dL/dp = (p - y) / (p (1 - p)) / n
        dp /= s
        dp *= self.scale(p)


class BCEWithLogitsLoss(Binary):
    """BCELoss of p = sigmoid(z), from the logits z: L = mean of max(z, 0) - z y + log(1 + exp(-|z|))."""

    def __init__(self, *, reduction: str = "mean") -> None:
        self.reduction = reduction

    def forward(self, z: Array, y: Array, value: Array, s: Array, t: Array) -> None:
        np.abs(z, out=s)
        np.negative(s, out=s)
        np.exp(s, out=s)
        np.log1p(s, out=s)
        np.maximum(z, 0.0, out=t)
        s += t
        np.multiply(z, y, out=t)
        s -= t
        self.total(s, value, self.scale(z))

    def backward(self, z: Array, y: Array, dz: Array, s: Array, t: Array) -> None:
        np.negative(z, out=dz)
        np.exp(dz, out=dz)
        dz += 1.0
        np.reciprocal(dz, out=dz)
        dz -= y  # dL/dz = (sigmoid(z) - y) / n
        dz *= self.scale(z)
