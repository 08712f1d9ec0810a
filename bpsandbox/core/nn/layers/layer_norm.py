"""Layer normalisation: mean 0 and variance 1 of every sample."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.core.types import Array, Shape

from .base import Layer


class LayerNorm(Layer):
    """y = w xhat + b, where xhat = (x - mean) / sqrt(var + eps), with mean and var per row.

    A row is the last axes of x, of shape `normalized_shape`, by default one axis; var is divided by d, the size of a
    row. Evaluation mode is the same as training. Shapes, after the seeds' axis: x, xhat (n, d), mean, var (n, 1), w, b
    (1, d). Raises ShapeMismatch if samples do not end in `normalized_shape`. Ba, Kiros, Hinton, Layer normalization,
    2016.
    """

    w: Array | None
    b: Array | None
    dw: Array | None
    db: Array | None

    is_scale = True

    def __init__(self, *, normalized_shape: Shape | None = None, eps: float = 1e-5, affine: bool = True) -> None:
        self.normalized_shape = normalized_shape
        self.row_axes = len(normalized_shape or (1,))
        self.eps = eps
        self.affine = affine

    def output_shape(self, shape: Shape) -> Shape:
        wanted = self.normalized_shape
        if wanted is not None and shape[-len(wanted) :] != wanted:
            raise ShapeMismatch(self.name, "samples that end in {wanted}", shape, wanted=wanted)
        return shape

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        return dict.fromkeys(("weight", "bias"), shape[-self.row_axes :]) if self.affine else {}

    def scratch_shapes(self, n: int, shape: Shape) -> Sequence[tuple[Shape, str]]:
        rows, numbers = n * math.prod(shape[: -self.row_axes]), math.prod(shape[-self.row_axes :])
        return [((rows, numbers), "f"), *[((rows, 1), "f")] * 2]

    def attach(self, values: dict[str, Array], gradients: dict[str, Array]) -> None:
        self.w, self.b = (self._laid_out(values, name) for name in ("weight", "bias"))
        self.dw, self.db = (self._laid_out(gradients, name) for name in ("weight", "bias"))

    def _laid_out(self, tensors: dict[str, Array], name: str) -> Array | None:
        """Return a tensor as a row, (1, d) after the seeds' axis."""
        if not self.affine:
            return None
        tensor = tensors[name]
        return tensor.reshape(*tensor.shape[: tensor.ndim - self.row_axes], 1, -1)

    def forward(self, x: Array, y: Array, xhat: Array, s: Array, r: Array) -> None:
        np.copyto(xhat, x)  # x may be one for all seeds
        _mean(xhat, s)
        np.subtract(xhat, s, out=xhat)
        np.multiply(xhat, xhat, out=y)
        _mean(y, r)  # var = mean of (x - mean)^2
        np.add(r, self.eps, out=r)
        np.sqrt(r, out=r)
        np.reciprocal(r, out=r)
        np.multiply(xhat, r, out=xhat)  # xhat = (x - mean) / sqrt(var + eps)
        if self.w is None or self.b is None:
            np.copyto(y, xhat)
        else:
            np.multiply(xhat, self.w, out=y)  # y = w xhat + b
            np.add(y, self.b, out=y)

    def backward(self, x: Array, y: Array, dy: Array, dx: Array | None, xhat: Array, s: Array, r: Array) -> None:
        if self.dw is not None and self.db is not None:
            product = xhat if dx is None else dx
            np.multiply(dy, xhat, out=product)
            np.add.reduce(product, axis=-2, keepdims=True, out=self.dw)  # dL/dw = sum over rows of dy xhat
            np.add.reduce(dy, axis=-2, keepdims=True, out=self.db)  # dL/db = sum over rows of dy
        if dx is None:
            return
        np.multiply(dy, 1.0 if self.w is None else self.w, out=dx)  # g = dL/dxhat = w dy
        np.vecdot(dx, xhat, out=s[..., 0])
        np.divide(s, x.shape[-1], out=s)
        np.multiply(xhat, s, out=xhat)  # xhat mean of g xhat
        _mean(dx, s)
        np.subtract(dx, s, out=dx)
        np.subtract(dx, xhat, out=dx)
        np.multiply(dx, r, out=dx)  # dL/dx = (g - mean of g - xhat mean of g xhat) / sqrt(var + eps)


def _mean(x: Array, mean: Array) -> None:
    """Return the mean of every row."""
    np.add.reduce(x, axis=-1, keepdims=True, out=mean)
    np.divide(mean, x.shape[-1], out=mean)
