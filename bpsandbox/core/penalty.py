"""Penalties on the size of the weights, added to the loss."""

from __future__ import annotations

import numpy as np

from .network import Network

Array = np.ndarray


class Penalty:
    """l1 sum |w| + l2 / 2 sum w^2, over weights only unless `bias` is set: tensors of two or more axes."""

    def __init__(self, *, l1: float = 0.0, l2: float = 0.0, bias: bool = False) -> None:
        self.l1, self.l2, self.bias = l1, l2, bias

    def bind(self, network: Network) -> None:
        """Make room for this network's parameters."""
        self.w, self.g = network.theta, network.gradient
        self.counts = np.zeros(network.size, dtype=self.w.dtype)
        for slot in network.slots:
            self.counts[slot.start : slot.stop] = self.bias or len(slot.shape) > 1
        self.s = np.empty_like(self.w)

    def value(self) -> Array:
        """The penalty of every seed, (seeds,)."""
        counted = self.w * self.counts
        return self.l1 * np.abs(counted).sum(axis=1) + 0.5 * self.l2 * (counted * counted).sum(axis=1)

    def sides(self) -> Array | None:
        """On which side of the kinks of |w| the weights lie; None where there is no such term."""
        return np.sign(self.w * self.counts) if self.l1 else None

    def add_gradient(self) -> None:
        """g = g + l1 sign(w) + l2 w"""
        if self.l1:
            np.sign(self.w, out=self.s)
            self.s *= self.counts
            self.s *= self.l1
            self.g += self.s
        if self.l2:
            np.multiply(self.w, self.counts, out=self.s)
            self.s *= self.l2
            self.g += self.s
