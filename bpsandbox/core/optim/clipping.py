"""Clip gradients by norm or by value."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.types import Array


class Clipping:
    """Limits the Euclidean `norm` of each seed's gradient, or the absolute `value` of each entry."""

    def __init__(self, *, norm: float | None = None, value: float | None = None) -> None:
        self.norm, self.value = norm, value

    def bind(self, g: Array) -> None:
        self.s = np.empty_like(g)
        self.size = np.empty((len(g), 1), dtype=g.dtype)

    def apply(self, g: Array) -> None:
        if self.value is not None:
            np.clip(g, -self.value, self.value, out=g)
        if self.norm is not None:
            self._rescale(g, self.norm)

    def _rescale(self, g: Array, norm: float) -> None:
        """g = g min(1, norm / (|g| + 1e-6))"""
        np.multiply(g, g, out=self.s)
        np.add.reduce(self.s, axis=1, keepdims=True, out=self.size)
        np.sqrt(self.size, out=self.size)
        self.size += 1e-6
        np.divide(norm, self.size, out=self.size)
        np.minimum(self.size, 1.0, out=self.size)
        g *= self.size
