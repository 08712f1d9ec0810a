"""Residual connection: adds the output of an earlier layer."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.types import Array

from .base import Layer


class Add(Layer):
    """y = x + s, where s is the output, after the activation, of the layer with index `source`.

    The workspace adds dL/ds = dy to the gradient of that output, before the earlier layer's backward.
    He, Zhang, Ren, Sun, Deep residual learning for image recognition, 2015.
    """

    def __init__(self, source: int) -> None:
        self.source = source

    def forward(self, x: Array, y: Array, s: Array) -> None:
        np.add(x, s, out=y)

    def backward(self, x: Array, y: Array, dy: Array, dx: Array, s: Array) -> None:
        np.copyto(dx, dy)  # dL/dx = dy
