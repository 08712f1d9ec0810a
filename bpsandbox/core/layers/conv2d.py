"""The convolution of images."""

from __future__ import annotations

import math

import numpy as np

from .base import Array, Layer, Shape
from .images import Pair, fitting, image_shape, pair, samples_last, windows


class Conv2d(Layer):
    """z[o, y, x] = b[o] + sum over c, i, j of W[o, c, i, j] x[c, y s + i d - p, x s + j d - p]

    with stride s, dilation d and x = 0 in the padding p around the image: cross-correlation, as in every library.
    "same" pads so that the image keeps its size, an odd row or column behind it.

    The numbers that each window sees are copied into a column; then all windows are one matrix product.
    Shapes, behind the seeds' axis: x (n, c, h, w), W (o, c, kh, kw), b (o), z (n, o, oh, ow); inside, samples are the
    last axis (see images). Raises ShapeMismatch when a sample is no image, or smaller with its padding than the kernel.
    """

    W: Array
    b: Array | None
    dW: Array  # noqa: N815 (dL/dW)
    db: Array | None

    def __init__(
        self,
        out_channels: int,
        kernel_size: int | Pair,
        *,
        stride: int | Pair = 1,
        padding: int | Pair | str = 0,
        dilation: int | Pair = 1,
        bias: bool = True,
    ) -> None:
        self.out_channels, self.bias = out_channels, bias
        self.kernel, self.stride, self.dilation = pair(kernel_size), pair(stride), pair(dilation)
        self.reach = (self.kernel[0] - 1) * self.dilation[0], (self.kernel[1] - 1) * self.dilation[1]
        """From the first row (column) that a window sees to its last."""
        is_same = isinstance(padding, str)
        self.before = (self.reach[0] // 2, self.reach[1] // 2) if is_same else pair(padding)  # type: ignore[arg-type]
        self.after = (self.reach[0] - self.before[0], self.reach[1] - self.before[1]) if is_same else self.before

    def output_shape(self, shape: Shape) -> Shape:
        _, height, width = self._padded(image_shape(self.name, shape))
        span = self.reach[0] + 1, self.reach[1] + 1
        return (self.out_channels, *fitting(self.name, shape, (height, width), span, self.stride))

    def _padded(self, shape: Shape) -> Shape:
        c, h, w = shape
        return c, self.before[0] + h + self.after[0], self.before[1] + w + self.after[1]

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        weight: dict[str, Shape] = {"weight": (self.out_channels, shape[0], *self.kernel)}
        return weight | {"bias": (self.out_channels,)} if self.bias else weight

    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(self.output_shape(shape)) * shape[0] * math.prod(self.kernel)

    def scratch_shapes(self, n: int, shape: Shape) -> list[tuple[Shape, str]]:
        (c, h, w), (o, oh, ow) = shape, self.output_shape(shape)
        padded, spread = self._padded(shape), (o, h + self.reach[0], w + self.reach[1])
        size = math.prod(self.kernel)
        return [
            ((math.prod(padded) * n,), "f"),
            ((c * size, oh * ow * n), "f"),
            ((o, oh * ow * n), "f"),
            ((math.prod(spread) * n,), "f"),
            ((o * size, h * w * n), "f"),
            ((c, o * size), "f"),
            ((c, h * w * n), "f"),
        ]

    def constants(self, z: Array) -> tuple[Array, ...]:
        n, _, height, width = z.shape[-4:]
        return (np.ones(height * width * n, z.dtype),)

    def attach(self, values: dict[str, Array], gradients: dict[str, Array]) -> None:
        weight, d_weight = values["weight"], gradients["weight"]
        self.W = weight.reshape(*weight.shape[:-3], -1)
        self.dW = d_weight.reshape(self.W.shape)
        self.W_turned = weight[..., ::-1, ::-1].swapaxes(-4, -3)
        self.b = values["bias"][..., np.newaxis] if self.bias else None
        self.db = gradients["bias"] if self.bias else None

    def forward(self, x: Array, z: Array, padded: Array, columns: Array, product: Array, *others: Array) -> None:
        columns = self._columns(samples_last(x), padded, columns, z.shape[-2:])
        np.matmul(self.W, columns, out=product)  # z = W columns
        if self.b is not None:
            np.add(product, self.b, out=product)  # z = z + b
        z = samples_last(z)
        np.copyto(z, product.reshape(z.shape))

    def backward(
        self, x: Array, z: Array, dz: Array, dx: Array | None,
        padded: Array, columns: Array, product: Array,
        spread: Array, around: Array, turned: Array, sent: Array, ones: Array,
    ) -> None:  # fmt: skip
        columns = columns[: len(x)] if x.ndim == 5 else columns
        dz = samples_last(dz)
        rows = self._rows(dz, product)
        np.matmul(rows, columns.swapaxes(-1, -2), out=self.dW)  # dL/dW = dz columns^T
        if self.db is not None:
            np.matmul(rows, ones, out=self.db)  # dL/db = sum over windows of dz
        if dx is not None:
            dx = samples_last(dx)
            around = self._around(dz, spread, around, dx.shape)
            np.copyto(turned.reshape(self.W_turned.shape), self.W_turned)
            np.matmul(turned, around, out=sent)
            np.copyto(dx, sent.reshape(dx.shape))

    def _rows(self, dz: Array, product: Array) -> Array:
        """dz as a matrix, (o, oh ow n)."""
        if dz.flags.c_contiguous:
            return dz.reshape(product.shape)
        np.copyto(product.reshape(dz.shape), dz)
        return product

    def _columns(self, x: Array, padded: Array, columns: Array, count: Pair) -> Array:
        """Copy what every window sees into a column, (c kh kw, oh ow n)."""
        *lead, c, h, w, n = x.shape
        if lead:  # x may be one for all seeds
            padded, columns = padded[: len(x)], columns[: len(x)]
        padded = padded.reshape(*lead, *self._padded((c, h, w)), n)
        top, left = self.before
        np.copyto(padded[..., top : top + h, left : left + w, :], x)
        seen = windows(padded, self.kernel, count, stride=self.stride, dilation=self.dilation)
        np.copyto(columns.reshape(seen.shape), seen)
        return columns

    def _around(self, dz: Array, spread: Array, around: Array, shape: Shape) -> Array:
        """Copy dL/dz of the windows that see a number of x into a column, (o kh kw, h w n).

        dL/dx[c, y, x] = sum over o, i, j of W[o, c, i, j] dz[o, (y + p - i d) / s, (x + p - j d) / s]: a convolution of
        dz with the kernel turned around, where dz stands `stride` apart with zeros between and around.
        """
        *lead, _, h, w, n = shape
        spread = spread.reshape(*lead, self.out_channels, h + self.reach[0], w + self.reach[1], n)
        (from_rows, to_rows), (from_columns, to_columns) = (
            self._places(axis, size, count)
            for axis, (size, count) in enumerate(zip((h, w), dz.shape[-3:-1], strict=True))
        )
        np.copyto(spread[..., to_rows, to_columns, :], dz[..., from_rows, from_columns, :])
        seen = windows(spread, self.kernel, (h, w), dilation=self.dilation)
        np.copyto(around.reshape(seen.shape), seen)
        return around

    def _places(self, axis: int, size: int, count: int) -> tuple[slice, slice]:
        """Which of `count` windows see any of `size` numbers, and where in `spread` they stand."""
        s, shift = self.stride[axis], self.reach[axis] - self.before[axis]
        first, stop = max(0, -(shift // s)), min(count, -(-(size + self.before[axis]) // s))
        return slice(first, stop), slice(first * s + shift, max(first, stop - 1) * s + shift + 1, s)
