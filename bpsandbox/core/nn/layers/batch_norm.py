"""Batch normalisation: mean 0 and variance 1 of every feature over the batch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.core.types import Array, Shape

from .base import Layer


class BatchNorm(Layer):
    """y = w xhat + b, where xhat = (x - mean) / sqrt(var + eps), with mean and var per feature.

    In training, mean and var are those of the batch's N numbers, with var divided by N. After every step the running
    statistics, which are used in evaluation mode, move towards them by `momentum`, the weight of the new value (in
    Keras: of the old one). The running variance is divided by N - 1 as in PyTorch, or by N as in Keras if `unbiased` is
    false. For a single number, xhat = 0 and var = 0, so only b learns from it. Ioffe, Szegedy, Batch normalization,
    2015.
    """

    axes: ClassVar[tuple[int, ...]]
    """Axes of x over which mean and var are taken."""
    lift: ClassVar[tuple[Any, ...]]
    """Index that broadcasts an array of one number per feature to the axes of x."""
    w: Array | None
    b: Array | None

    is_scale = True

    def __init__(self, *, momentum: float = 0.1, eps: float = 1e-5, affine: bool = True, unbiased: bool = True) -> None:
        self.momentum = momentum
        self.eps = eps
        self.affine = affine
        self.unbiased = unbiased

    def features(self, shape: Shape) -> int:
        raise NotImplementedError

    def rows(self, n: int, shape: Shape) -> Shape:
        """Return the shape of x for n samples, without the seeds' axis."""
        return (n, *shape)

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        return dict.fromkeys(("weight", "bias"), (self.features(shape),)) if self.affine else {}

    def buffer_shapes(self, shape: Shape) -> dict[str, tuple[Shape, float]]:
        features = (self.features(shape),)
        return {"running_mean": (features, 0.0), "running_var": (features, 1.0)}

    def scratch_shapes(self, n: int, shape: Shape) -> Sequence[tuple[Shape, str]]:
        x = self.rows(n, shape)
        a_feature = tuple(1 if axis - len(x) in self.axes else size for axis, size in enumerate(x))
        return [(x, "f"), *[(a_feature, "f")] * 5]

    def attach(self, values: dict[str, Array], gradients: dict[str, Array]) -> None:
        values = {name: value[self.lift] for name, value in values.items()}
        self.running_mean, self.running_var = values["running_mean"], values["running_var"]
        self.w, self.b = values.get("weight"), values.get("bias")
        self.dw, self.db = (gradients[name][self.lift] if self.affine else None for name in ("weight", "bias"))

    def forward(self, x: Array, y: Array, xhat: Array, mean: Array, var: Array, r: Array, s: Array, t: Array) -> None:
        np.copyto(xhat, x)  # x may be one for all seeds
        self._mean(xhat, mean)
        np.subtract(xhat, mean, out=xhat)
        np.multiply(xhat, xhat, out=y)
        self._mean(y, var)  # var = mean of (x - mean)^2
        self._inverse_root(var, r)
        np.multiply(xhat, r, out=xhat)  # xhat = (x - mean) / sqrt(var + eps)
        self._scale_and_shift(xhat, y)

    def backward(
        self, x: Array, y: Array, dy: Array, dx: Array | None,
        xhat: Array, mean: Array, var: Array, r: Array, s: Array, t: Array,
    ) -> None:  # fmt: skip
        product = xhat if dx is None else dx
        np.multiply(dy, xhat, out=product)
        np.add.reduce(product, axis=self.axes, keepdims=True, out=s)
        np.add.reduce(dy, axis=self.axes, keepdims=True, out=t)
        if self.dw is not None and self.db is not None:
            np.copyto(self.dw, s)  # dL/dw = sum of dy xhat
            np.copyto(self.db, t)  # dL/db = sum of dy
        if dx is None:
            return
        np.divide(s, self._count(x), out=s)
        np.divide(t, self._count(x), out=t)
        np.multiply(xhat, s, out=dx)
        np.subtract(dy, dx, out=dx)
        np.subtract(dx, t, out=dx)
        np.multiply(dx, r, out=dx)  # dL/dx = w (dy - mean of dy - xhat mean of dy xhat) / sqrt(var + eps)
        if self.w is not None:
            np.multiply(dx, self.w, out=dx)

    def update_running_stats(
        self, x: Array, y: Array, xhat: Array, mean: Array, var: Array, r: Array, s: Array, t: Array
    ) -> None:
        n = self._count(x)
        correction = n / max(n - 1, 1) if self.unbiased else 1.0
        self._move(self.running_mean, mean, self.momentum, s)
        self._move(self.running_var, var, self.momentum * correction, s)

    def evaluate(self, x: Array, y: Array, xhat: Array, mean: Array, var: Array, r: Array, s: Array, t: Array) -> None:
        np.subtract(x, self.running_mean, out=y)
        self._inverse_root(self.running_var, r)
        np.multiply(y, r, out=y)  # xhat = (x - running mean) / sqrt(running var + eps)
        self._scale_and_shift(y, y)

    def _count(self, x: Array) -> int:
        """Return N, the number of values of each feature in a batch."""
        return math.prod(x.shape[axis] for axis in self.axes)

    def _mean(self, x: Array, mean: Array) -> None:
        np.add.reduce(x, axis=self.axes, keepdims=True, out=mean)
        np.divide(mean, self._count(x), out=mean)

    def _inverse_root(self, var: Array, r: Array) -> None:
        """r = 1 / sqrt(var + eps)"""
        np.add(var, self.eps, out=r)
        np.sqrt(r, out=r)
        np.reciprocal(r, out=r)

    def _scale_and_shift(self, xhat: Array, y: Array) -> None:
        """y = w xhat + b"""
        if self.w is None or self.b is None:
            np.copyto(y, xhat)
        else:
            np.multiply(xhat, self.w, out=y)
            np.add(y, self.b, out=y)

    def _move(self, running: Array, new: Array, share: float, s: Array) -> None:
        """running = (1 - momentum) running + share new"""
        np.multiply(running, 1.0 - self.momentum, out=running)
        np.multiply(new, share, out=s)
        np.add(running, s, out=running)


class BatchNorm1d(BatchNorm):
    """BatchNorm of rows, N being the number of rows; the steps of a sequence are rows too.

    Features are the last axis, as everywhere here; in PyTorch they are before the steps of a sequence. Shapes, behind
    the seeds' axis: x, xhat (N, d), mean, var, w, b (1, d). Raises ShapeMismatch for other samples.
    """

    row_axes = 1
    axes = (-2,)
    lift = (..., np.newaxis, slice(None))

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) not in (1, 2):
            raise ShapeMismatch(self.name, "rows of numbers", shape)
        return shape

    def features(self, shape: Shape) -> int:
        return shape[-1]

    def rows(self, n: int, shape: Shape) -> Shape:
        return (n * math.prod(shape[:-1]), shape[-1])


class BatchNorm2d(BatchNorm):
    """BatchNorm of images: a feature is a channel, and N the number of its pixels in all images.

    Shapes, after the seeds' axis: x, xhat (n, c, h, w), mean, var, w, b (1, c, 1, 1). Raises ShapeMismatch for other
    samples.
    """

    axes = (-4, -2, -1)
    lift = (..., np.newaxis, slice(None), np.newaxis, np.newaxis)

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 3:
            raise ShapeMismatch(self.name, "images (channels, height, width)", shape)
        return shape

    def features(self, shape: Shape) -> int:
        return shape[0]
