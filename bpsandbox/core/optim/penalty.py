"""Penalties on the size of the weights, added to the loss."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.nn.network import Network
from bpsandbox.core.types import Array


class Penalty:
    """l1 sum |w| + l2 / 2 sum w^2, over weights only unless `bias` is set: tensors of two or more axes.

    With `per_sample` it is divided by the number of examples in the batch, like scikit-learn's alpha.
    """

    def __init__(self, *, l1: float = 0.0, l2: float = 0.0, bias: bool = False, per_sample: bool = False) -> None:
        self.l1, self.l2, self.bias, self.per_sample = l1, l2, bias, per_sample

    def bind(self, network: Network) -> None:
        """Allocate arrays for this network's parameters."""
        self.w, self.g = network.theta, network.gradient
        self.counts = np.zeros(network.size, dtype=self.w.dtype)
        for slot in network.slots:
            is_weight = len(slot.shape) > 1 and not network.layers[slot.layer].is_scale
            self.counts[slot.start : slot.stop] = self.bias or is_weight
        self.s = np.empty_like(self.w)

    def value(self, rows: float = 1.0) -> Array:
        """Return the penalty of every seed for a batch of `rows` examples, (seeds,)."""
        np.multiply(self.w, self.counts, out=self.s)
        np.abs(self.s, out=self.s)
        whole = self.l1 * np.add.reduce(self.s, axis=1)
        np.multiply(self.s, self.s, out=self.s)
        whole += 0.5 * self.l2 * np.add.reduce(self.s, axis=1)
        return whole / rows if self.per_sample else whole

    def kink_sides(self) -> Array | None:
        """Return on which side of the kinks of |w| the weights are; None without an l1 term."""
        return np.sign(self.w * self.counts) if self.l1 else None

    def add_gradient(self, rows: int = 1) -> None:
        """g = g + l1 sign(w) + l2 w, for a batch of `rows` examples"""
        share = 1.0 / rows if self.per_sample else 1.0
        if self.l1:
            np.sign(self.w, out=self.s)
            self.s *= self.counts
            self.s *= self.l1 * share
            self.g += self.s
        if self.l2:
            np.multiply(self.w, self.counts, out=self.s)
            self.s *= self.l2 * share
            self.g += self.s
