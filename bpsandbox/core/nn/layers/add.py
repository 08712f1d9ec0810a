"""The layer that adds what came out earlier: a residual connection."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.types import Array

from .base import Layer


class Add(Layer):
    """y = x + s, s the output of an earlier layer: of number `source` in the config, its activation included.

    The earlier layer's own gradient gets dL/ds = dy added by the workspace, when all that comes after it is done.
    He, Zhang, Ren, Sun, Deep residual learning for image recognition, 2015.
    """

    def __init__(self, source: int) -> None:
        self.source = source

    def forward(self, x: Array, y: Array, s: Array) -> None:
        np.add(x, s, out=y)

    def backward(self, x: Array, y: Array, dy: Array, dx: Array, s: Array) -> None:
        np.copyto(dx, dy)  # dL/dx = dy
