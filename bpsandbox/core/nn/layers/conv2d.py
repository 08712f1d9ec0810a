"""The convolution of images."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bpsandbox.core.types import Array, Shape

from .base import Layer
from .images import Pair, bordered, columns_of, fitting, image_shape, matrix, pair, samples_last, windows

COLUMNS = 1 << 17
"""The most numbers copied into columns at a time, about a megabyte."""


class Scratch(NamedTuple):
    """Arrays shared by forward and backward."""

    padded: Array
    """x with its padding."""
    columns: Array
    """The inputs of each window, one column per window, for as many rows of windows at a time as fit."""
    filters: Array
    """[W b] in forward, its gradient in backward."""
    part: Array
    """The gradient of [W b] from some rows of windows."""
    dilated: Array
    """dz with `stride` - 1 zeros between its numbers, and a border of zeros."""
    flipped: Array
    """W with its kernels rotated by 180 degrees."""
    copied: Array
    """z, dz or dx, if its samples are not the last axis in memory."""


class Conv2d(Layer):
    """z[o, y, x] = b[o] + sum over c, i, j of W[o, c, i, j] x[c, y s + i d - p, x s + j d - p]

    with stride s, dilation d and x = 0 in the padding p: cross-correlation, as in every library. "same" pads so that
    the image keeps its size; an odd row or column is added at the end.

    Each window is copied into a column, with a 1 below for the bias; the convolution is then one matrix product
    ("im2col"). Shapes, after the seeds' axis: x (n, c, h, w), W (o, c, kh, kw), b (o), z (n, o, oh, ow); the
    computation has samples last (see images). Raises ShapeMismatch if a sample is not an image, or is smaller with its
    padding than the kernel.
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
        """Extent of a window in rows or columns, gaps included."""
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
        (c, h, w), (o, oh, ow), size = shape, self.output_shape(shape), math.prod(self.kernel)
        seen = c * size + self.bias
        shapes: list[Shape] = [
            (math.prod(self._padded(shape)) * n,),
            (max(_numbers(seen * ow * n, oh), _numbers(o * size * w * n, h)),),
            (o, seen),
            (o, seen),
            (o * (h + self.reach[0]) * (w + self.reach[1]) * n,),
            (c, o * size),
            (max(c * h * w, o * oh * ow) * n,),
        ]
        return [(shape, "f") for shape in shapes]

    def attach(self, values: dict[str, Array], gradients: dict[str, Array]) -> None:
        weight, d_weight = values["weight"], gradients["weight"]
        self.W = weight.reshape(*weight.shape[:-3], -1)
        self.dW = d_weight.reshape(self.W.shape)
        self.W_flipped = weight[..., ::-1, ::-1].swapaxes(-4, -3)
        self.b = values["bias"][..., np.newaxis] if self.bias else None
        self.db = gradients["bias"][..., np.newaxis] if self.bias else None

    def forward(self, x: Array, z: Array, *scratch: Array) -> None:
        arrays = Scratch(*scratch)
        x, z, K = samples_last(x), samples_last(z), self.W.shape[-1]
        padded, inside = bordered(arrays.padded, x.shape, self.before, self.after)
        np.copyto(inside, x)
        np.copyto(arrays.filters[..., :K], self.W)
        if self.b is not None:
            np.copyto(arrays.filters[..., K:], self.b)
        rows = matrix(z, arrays.copied)
        for here, columns in columns_of(self._covered(padded, z), arrays.columns, has_one=self.bias):
            np.matmul(arrays.filters, columns, out=rows[..., here])  # z = [W b] [columns; 1]
        if not z.flags.c_contiguous:
            np.copyto(z, rows.reshape(z.shape))

    def backward(self, x: Array, z: Array, dz: Array, dx: Array | None, *scratch: Array) -> None:
        arrays = Scratch(*scratch)
        x, dz, K = samples_last(x), samples_last(dz), self.W.shape[-1]
        rows = matrix(dz, arrays.copied)
        if not dz.flags.c_contiguous:
            np.copyto(rows.reshape(dz.shape), dz)
        padded, _ = bordered(arrays.padded, x.shape, self.before, self.after)
        total, part = arrays.filters, arrays.part
        for here, columns in columns_of(self._covered(padded, dz), arrays.columns, has_one=self.bias, again=True):
            out = part if here.start else total
            np.matmul(rows[..., here], columns.swapaxes(-1, -2), out=out)  # [dL/dW dL/db] = dz [columns; 1]^T
            if here.start:
                np.add(total, part, out=total)
        np.copyto(self.dW, total[..., :K])
        if self.db is not None:
            np.copyto(self.db, total[..., K:])
        if dx is not None:
            self._input_gradient(dz, samples_last(dx), arrays)

    def _covered(self, padded: Array, z: Array) -> Array:
        """Return the numbers of every window, (c, kh, kw, oh, ow, n), as a view."""
        count = z.shape[-3], z.shape[-2]
        return windows(padded, self.kernel, count, stride=self.stride, dilation=self.dilation)

    def _input_gradient(self, dz: Array, dx: Array, arrays: Scratch) -> None:
        """dL/dx[c, y, x] = sum over o, i, j of W[o, c, i, j] dz[o, (y + p - i d) / s, (x + p - j d) / s]

        where the division leaves no remainder: a convolution of dz, dilated by the stride, with flipped kernels.
        """
        *lead, _, h, w, n = dx.shape
        dilated = arrays.dilated.reshape(*lead, self.out_channels, h + self.reach[0], w + self.reach[1], n)
        (from_rows, to_rows), (from_columns, to_columns) = self._places(0, h, dz), self._places(1, w, dz)
        np.copyto(dilated[..., to_rows, to_columns, :], dz[..., from_rows, from_columns, :])
        np.copyto(arrays.flipped.reshape(self.W_flipped.shape), self.W_flipped)
        rows = matrix(dx, arrays.copied)
        for here, columns in columns_of(windows(dilated, self.kernel, (h, w), dilation=self.dilation), arrays.columns):
            np.matmul(arrays.flipped, columns, out=rows[..., here])
        if not dx.flags.c_contiguous:
            np.copyto(dx, rows.reshape(dx.shape))

    def _places(self, axis: int, size: int, dz: Array) -> tuple[slice, slice]:
        """Return the windows along an axis that cover any of x's `size` numbers, and their positions in `dilated`."""
        s, shift, count = self.stride[axis], self.reach[axis] - self.before[axis], dz.shape[axis - 3]
        first, stop = max(0, -(shift // s)), min(count, -(-(size + self.before[axis]) // s))
        return slice(first, stop), slice(first * s + shift, max(first, stop - 1) * s + shift + 1, s)


def _numbers(row: int, rows: int) -> int:
    """Return the size of the columns of as many rows of windows as fit into `COLUMNS`, at least one row."""
    return row * min(rows, max(1, COLUMNS // row))
