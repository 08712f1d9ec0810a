"""Dropout."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bpsandbox.core.types import Array, Shape

from .base import Layer


class Dropout(Layer):
    """y = m x / (1 - p), where m = 0 with probability p, else 1, for every number.

    The division keeps the mean, so y = x in evaluation mode. Masks are drawn in float64 for any dtype, so a float32 run
    drops the same numbers. Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, Dropout, 2014.
    """

    is_random = True

    def __init__(self, p: float = 0.5) -> None:
        self.p = p
        self.scale = 0.0 if p == 1.0 else 1.0 / (1.0 - p)

    def scratch_shapes(self, n: int, shape: Shape) -> Sequence[tuple[Shape, str]]:
        return [((n * math.prod(shape),), "d"), ((n, *shape), "b"), ((n, *shape), "f")]

    def forward(self, x: Array, y: Array, u: Array, kept: Array, m: Array) -> None:
        if self.masks is None:
            m.fill(1.0)
        else:
            self.masks.draw(u)
            np.greater_equal(u.reshape(y.shape), self.p, out=kept)
            np.copyto(m, kept)
            np.multiply(m, self.scale, out=m)  # m / (1 - p)
        np.multiply(x, m, out=y)  # y = m x / (1 - p)

    def backward(self, x: Array, y: Array, dy: Array, dx: Array, u: Array, kept: Array, m: Array) -> None:
        np.multiply(dy, m, out=dx)  # dL/dx = m dL/dy / (1 - p)

    def evaluate(self, x: Array, y: Array, *scratch: Array) -> None:
        np.copyto(y, x)
