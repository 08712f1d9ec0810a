"""The loss of a classifier that gives one logit a class."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.nn.products import product_for

from .base import Array, Loss


class CrossEntropyLoss(Loss):
    """L = mean over rows of -sum_k t_k log softmax(z)_k, in nats, from logits z.

    Targets are rows t with t_k = w_k ((1 - e) [k is the class] + e / K): w the class weights, e the label smoothing.
    Without weights every row sums to 1. With weights the mean is divided by the sum of the rows' class weights, as
    PyTorch does.
    """

    elementwise = False
    scratch = "ffcc"

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
        """Sum of the class weights of the rows, found back from the rows' sums."""
        if self.class_weight is None:
            return float(t.shape[1])
        smooth = self.label_smoothing * float(np.mean(self.class_weight))
        return float(np.sum(t[0]) - smooth * t.shape[1]) / (1.0 - self.label_smoothing)

    def scales(self, t: Array) -> Array | float:
        """One over the number (or weight) of the rows, for each seed."""
        if self.reduction == "sum":
            return 1.0
        if self.class_weight is None:
            return 1.0 / t.shape[-2]
        smooth = self.label_smoothing * float(np.mean(self.class_weight)) * t.shape[-2]
        return (1.0 - self.label_smoothing) / (np.add.reduce(t, axis=(-1, -2)) - smooth)

    def floor(self, t: Array) -> float:
        """Entropy of the targets: where they are smoothed, nothing is sure."""
        shares = t / np.add.reduce(t, axis=-1, keepdims=True)
        least = -float((t * np.log(np.where(shares > 0.0, shares, 1.0))).sum())
        return least / (self.mass(t) if self.reduction == "mean" else 1.0)

    def constants(self, z: Array) -> tuple[Array, ...]:
        """Ones to sum a row's classes with, and one over the number of rows."""
        return np.ones((z.shape[-1], 1), z.dtype), np.array(self.scale(z), z.dtype)

    def forward(
        self,
        z: Array,
        t: Array,
        value: Array,
        p: Array,
        s: Array,
        total: Array,
        right: Array,
        ones: Array,
        scale: Array,
    ) -> None:
        product = product_for(z)
        np.maximum.reduce(z, axis=-1, keepdims=True, out=total)
        np.subtract(z, total, out=p)
        np.multiply(p, t, out=s)
        product(s, ones, out=right)  # sum of t_k (z_k - max z)
        np.exp(p, out=p)
        product(p, ones, out=total)  # sum of exp(z_k - max z)
        np.divide(p, total, out=p)  # p = softmax(z)
        np.log(total, out=total)
        if self.class_weight is not None:
            np.multiply(total, np.add.reduce(t, axis=-1, keepdims=True), out=total)
        np.subtract(total, right, out=total)
        np.add.reduce(total[..., 0], axis=-1, out=value)
        np.multiply(value, scale if self.class_weight is None else self.scales(t), out=value)

    def backward(
        self, z: Array, t: Array, dz: Array, p: Array, s: Array, total: Array, right: Array, ones: Array, scale: Array
    ) -> None:
        if self.class_weight is None:
            np.subtract(p, t, out=dz)  # dL/dz = (softmax(z) - t) / n
            np.multiply(dz, scale, out=dz)
            return
        scales = self.scales(t)
        np.multiply(p, np.add.reduce(t, axis=-1, keepdims=True), out=dz)  # dL/dz = (softmax(z) sum_k t_k - t) / n
        dz -= t
        dz *= scales if isinstance(scales, float) else scales[..., np.newaxis, np.newaxis]


class CrossEntropyOfProbabilities(CrossEntropyLoss):
    """L = mean over rows of -sum_k t_k log q_k, q = p / sum p kept within [1e-7, 1 - 1e-7], from probabilities p.

    This is Keras's. Where q is cut off its derivative is 0.
    """

    scratch = "ffccb"
    lowest, highest = 1e-7, 1.0 - 1e-7

    def forward(  # type: ignore[override]
        self,
        p: Array,
        t: Array,
        value: Array,
        q: Array,
        s: Array,
        total: Array,
        right: Array,
        inside: Array,
        ones: Array,
        scale: Array,
    ) -> None:
        product = product_for(p)
        product(p, ones, out=total)
        np.divide(p, total, out=q)  # q = p / sum p
        np.clip(q, self.lowest, self.highest, out=s)
        np.equal(q, s, out=inside)
        np.log(s, out=s)
        np.multiply(s, t, out=s)
        product(s, ones, out=right)
        np.add.reduce(right[..., 0], axis=-1, out=value)
        np.multiply(value, scale if self.class_weight is None else self.scales(t), out=value)
        np.negative(value, out=value)

    def backward(  # type: ignore[override]
        self,
        p: Array,
        t: Array,
        dp: Array,
        q: Array,
        s: Array,
        total: Array,
        right: Array,
        inside: Array,
        ones: Array,
        scale: Array,
    ) -> None:
        np.clip(q, self.lowest, self.highest, out=s)
        np.divide(t, s, out=dp)
        np.multiply(dp, inside, out=dp)  # -dL/dq = t / q where q was kept
        np.multiply(dp, q, out=s)
        product_for(p)(s, ones, out=right)
        np.subtract(right, dp, out=dp)
        np.divide(dp, total, out=dp)  # dL/dp = (dL/dq - sum of q dL/dq) / sum p
        if self.class_weight is None:
            np.multiply(dp, scale, out=dp)
        else:
            scales = self.scales(t)
            dp *= scales if isinstance(scales, float) else scales[..., np.newaxis, np.newaxis]

    def sides(self, p: Array, y: Array) -> Array:
        q = p / np.add.reduce(p, axis=-1, keepdims=True)
        return np.sign(q - self.lowest) + np.sign(q - self.highest)
