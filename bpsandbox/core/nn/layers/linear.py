"""The fully connected layer."""

from __future__ import annotations

import math

import numpy as np

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.core.types import Array, Shape

from .base import Layer


class Linear(Layer):
    """Affine map z = x @ W.T + b.

    Shapes, after the seeds' axis: x (n, d_in), W (d_out, d_in), b (1, d_out), z (n, d_out). In a sequence, every step
    is a row. Raises ShapeMismatch if samples are neither rows of numbers nor sequences of rows.
    """

    row_axes = 1

    W: Array
    b: Array | None
    dW: Array  # noqa: N815 (dL/dW)
    db: Array | None

    def __init__(self, out_features: int, *, bias: bool = True) -> None:
        self.out_features = out_features
        self.bias = bias

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) not in (1, 2):
            raise ShapeMismatch("Linear", "rows of numbers", shape)
        return (*shape[:-1], self.out_features)

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        weight: dict[str, Shape] = {"weight": (self.out_features, shape[-1])}
        return weight | {"bias": (self.out_features,)} if self.bias else weight

    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(shape) * self.out_features

    def attach(self, values: dict[str, Array], gradients: dict[str, Array]) -> None:
        self.W, self.dW = values["weight"], gradients["weight"]
        self.W_T = self.W.swapaxes(-1, -2)
        self.b = values["bias"][..., np.newaxis, :] if self.bias else None
        self.db = gradients["bias"] if self.bias else None

    def forward(self, x: Array, z: Array) -> None:
        np.matmul(x, self.W_T, out=z)  # z = x W^T
        if self.b is not None:
            z += self.b  # z = z + b

    def backward(self, x: Array, z: Array, dz: Array, dx: Array | None) -> None:
        np.matmul(dz.swapaxes(-1, -2), x, out=self.dW)  # dL/dW = dz^T x
        if self.db is not None:
            np.add.reduce(dz, axis=-2, out=self.db)  # dL/db = sum over rows of dz
        if dx is not None:
            np.matmul(dz, self.W, out=dx)  # dL/dx = dz W
