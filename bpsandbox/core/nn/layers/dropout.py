"""The layer that forgets some of its input in training."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bpsandbox.core.types import Array, Shape

from .base import Layer


class Dropout(Layer):
    """y = m x / (1 - p): every number is dropped with probability p, m = 0, and kept otherwise, m = 1.

    Those kept are made larger, so that the mean stays and measuring needs no layer at all: then y = x, and also where
    there are no streams. Every seed draws its masks from a stream of its own, in double precision whatever x is, so
    that a float32 run drops the same. Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, Dropout, 2014.
    """

    is_random = True
    drawn = 0
    """Numbers that each seed drew in the last forward."""

    def __init__(self, p: float = 0.5) -> None:
        self.p = p
        self.scale = 0.0 if p == 1.0 else 1.0 / (1.0 - p)

    def scratch_shapes(self, n: int, shape: Shape) -> Sequence[tuple[Shape, str]]:
        return [((n * math.prod(shape),), "d"), ((n, *shape), "b"), ((n, *shape), "f")]

    def forward(self, x: Array, y: Array, u: Array, kept: Array, m: Array) -> None:
        if self.streams:
            self._draw(u)
            np.greater_equal(u.reshape(y.shape), self.p, out=kept)
            np.copyto(m, kept)
            np.multiply(m, self.scale, out=m)  # m / (1 - p)
        else:
            m.fill(1.0)
        np.multiply(x, m, out=y)  # y = m x / (1 - p)

    def backward(self, x: Array, y: Array, dy: Array, dx: Array, u: Array, kept: Array, m: Array) -> None:
        np.multiply(dy, m, out=dx)  # dL/dx = m dL/dy / (1 - p)

    def evaluate(self, x: Array, y: Array, *scratch: Array) -> None:
        np.copyto(y, x)

    def _draw(self, u: Array) -> None:
        """u = uniform on [0, 1), each seed's from its own stream, its last axis running fastest"""
        self.drawn = u.shape[-1]
        for rng, row in zip(self.streams, u.reshape(-1, self.drawn), strict=True):
            rng.random(out=row)

    def rewind_random(self) -> None:
        for rng in self.streams:
            rng.bit_generator.advance(-self.drawn)  # type: ignore[attr-defined]  # PCG64 takes one step a double
        self.drawn = 0
