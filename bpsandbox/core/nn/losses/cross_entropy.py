"""Cross-entropy of a classifier with one output per class."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.types import Array

from .base import Loss


class CrossEntropyLoss(Loss):
    """L = mean over rows of -sum_k t_k log softmax(z)_k, in nats, from logits z.

    Targets are rows t with t_k = w_k ((1 - e) [k is the class] + e / K): w the class weights, e the label smoothing.
    Without weights every row sums to 1. With weights the mean is divided by the sum of the rows' class weights, as
    PyTorch does.
    """

    elementwise = False

    def __init__(
        self,
        *,
        label_smoothing: float = 0.0,
        class_weight: tuple[float, ...] | None = None,
        reduction: str = "mean",
    ) -> None:
        self.label_smoothing = label_smoothing
        self.class_weight = class_weight
        self.reduction = reduction

    def targets(self, classes: Array, k: int) -> Array:
        """Turn class numbers (n,) into target rows (n, k)."""
        one_hot = (classes[:, np.newaxis] == np.arange(k)).astype(float)
        rows = (1.0 - self.label_smoothing) * one_hot + self.label_smoothing / k
        return rows if self.class_weight is None else rows * np.asarray(self.class_weight, dtype=float)

    def mass(self, t: Array) -> float:
        """Return the sum of the rows' class weights, recovered from the sums of the rows."""
        if self.class_weight is None:
            return float(t.shape[1])
        smooth = self.label_smoothing * float(np.mean(self.class_weight))
        return float(np.sum(t[0]) - smooth * t.shape[1]) / (1.0 - self.label_smoothing)

    def scales(self, t: Array) -> Array | float:
        """Return one over the number (or weight) of the rows, for each seed."""
        if self.reduction == "sum":
            return 1.0
        if self.class_weight is None:
            return 1.0 / t.shape[-2]
        smooth = self.label_smoothing * float(np.mean(self.class_weight)) * t.shape[-2]
        return (1.0 - self.label_smoothing) / (np.add.reduce(t, axis=(-1, -2)) - smooth)

    def floor(self, t: Array) -> float:
        """Return the entropy of the targets, which is above 0 with label smoothing."""
        total = np.add.reduce(t, axis=-1, keepdims=True)
        shares = t / np.where(total > 0.0, total, 1.0)  # a class of weight 0 has rows of zeros
        least = -float((t * np.log(np.where(shares > 0.0, shares, 1.0))).sum())
        return least / (self.mass(t) if self.reduction == "mean" else 1.0)

    def forward(self, z: Array, t: Array, value: Array) -> None:
        self.p = z - np.maximum.reduce(z, axis=-1, keepdims=True)
        right = np.add.reduce(self.p * t, axis=-1)  # sum of t_k (z_k - max z)
        np.exp(self.p, out=self.p)
        total = np.add.reduce(self.p, axis=-1)  # sum of exp(z_k - max z)
        self.p /= total[..., np.newaxis]  # p = softmax(z)
        np.log(total, out=total)
        if self.class_weight is not None:
            total *= self.row_weights(t)[..., 0]
        total -= right
        np.add.reduce(total, axis=-1, out=value)
        value *= self.scale(z) if self.class_weight is None else self.scales(t)

    def backward(self, z: Array, t: Array, dz: Array) -> None:
        if self.class_weight is None:
            np.subtract(self.p, t, out=dz)  # dL/dz = (softmax(z) - t) / n
        else:
            np.multiply(self.p, self.row_weights(t), out=dz)  # dL/dz = (softmax(z) sum_k t_k - t) / n
            dz -= t
        dz *= self.scale_of_rows(z, t)

    def row_weights(self, t: Array) -> Array:
        """Return the sum of every row of targets, (…, n, 1)."""
        return np.add.reduce(t, axis=-1, keepdims=True)

    def scale_of_rows(self, z: Array, t: Array) -> Array | float:
        """Return the weight of each row's term, in a shape that broadcasts over classes."""
        if self.class_weight is None:
            return self.scale(z)
        scales = self.scales(t)
        return scales if isinstance(scales, float) else scales[..., np.newaxis, np.newaxis]


class CrossEntropyOfProbabilities(CrossEntropyLoss):
    """L = mean over rows of -sum_k t_k log q_k, q = p / sum p kept within [1e-7, 1 - 1e-7], from probabilities p.

    This is Keras's loss. Where q is clipped its derivative is 0.
    """

    lowest, highest = 1e-7, 1.0 - 1e-7

    def forward(self, p: Array, t: Array, value: Array) -> None:
        self.sum = np.add.reduce(p, axis=-1)[..., np.newaxis]
        self.q = p / self.sum
        self.cut = np.minimum(np.maximum(self.q, self.lowest), self.highest)
        right = np.add.reduce(np.log(self.cut) * t, axis=-1)
        np.add.reduce(right, axis=-1, out=value)
        value *= self.scale(p) if self.class_weight is None else self.scales(t)
        np.negative(value, out=value)

    def backward(self, p: Array, t: Array, dp: Array) -> None:
        np.divide(t, self.cut, out=dp)
        dp *= self.q == self.cut  # -dL/dq = t / q where q was not cut off, else 0
        mean = np.add.reduce(dp * self.q, axis=-1)[..., np.newaxis]
        np.subtract(mean, dp, out=dp)
        dp /= self.sum  # dL/dp = (dL/dq - sum of q dL/dq) / sum p
        dp *= self.scale_of_rows(p, t)

    def kink_sides(self, p: Array, y: Array) -> Array:
        q = p / np.add.reduce(p, axis=-1, keepdims=True)
        return np.sign(q - self.lowest) + np.sign(q - self.highest)
