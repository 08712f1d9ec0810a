"""Elementwise losses for targets between 0 and 1."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.nn.special import sigmoid
from bpsandbox.core.types import Array

from .base import Loss


class Binary(Loss):
    """A loss for targets between 0 and 1."""

    def floor(self, y: Array) -> float:
        """Return the entropy of the targets: targets strictly between 0 and 1 cannot be predicted with certainty."""
        p, q = np.where(y > 0.0, y, 1.0), np.where(y < 1.0, 1.0 - y, 1.0)
        least = -float((y * np.log(p) + (1.0 - y) * np.log(q)).sum()) * self.factor
        return least / (y.size if self.reduction == "mean" else 1.0)


class BCELoss(Binary):
    """L = mean of -(y log p + (1 - y) log(1 - p)) for probabilities p, logarithms not below -100."""

    def __init__(self, *, reduction: str = "mean") -> None:
        self.reduction = reduction

    def forward(self, p: Array, y: Array, value: Array) -> None:
        log_p, log_q = np.maximum(np.log(p), -100.0), np.maximum(np.log1p(-p), -100.0)
        self.total(log_p * y + log_q * (1.0 - y), value, -self.scale(p))

    def backward(self, p: Array, y: Array, dp: Array) -> None:
        np.subtract(p, y, out=dp)  # dL/dp = (p - y) / (p (1 - p)) / n
        dp /= np.maximum((1.0 - p) * p, 1e-12)
        dp *= self.scale(p)


class BCEWithLogitsLoss(Binary):
    """BCELoss of p = sigmoid(z), from the logits z: L = mean of max(z, 0) - z y + log(1 + exp(-|z|))."""

    def __init__(self, *, reduction: str = "mean") -> None:
        self.reduction = reduction

    def forward(self, z: Array, y: Array, value: Array) -> None:
        terms = np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0.0) - z * y
        self.total(terms, value, self.scale(z))

    def backward(self, z: Array, y: Array, dz: Array) -> None:
        sigmoid(z, out=dz)
        dz -= y  # dL/dz = (sigmoid(z) - y) / n
        dz *= self.scale(z)
