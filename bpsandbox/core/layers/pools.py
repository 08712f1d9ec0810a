"""Pooling: every channel of an image by itself, window by window."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bpsandbox.core.errors import ShapeMismatch

from .base import Array, Layer, Shape
from .images import Pair, fitting, image_shape, pair, samples_last, windows


class Pool(Layer):
    """One number a window of a channel.

    Shapes, behind the seeds' axis: x (n, c, h, w), y (n, c, oh, ow); inside, samples are the last axis (see images).
    Raises ShapeMismatch when a sample is no image, smaller with its padding than the kernel, or when the padding is
    more than half the kernel: a window could lie in it whole.
    """

    border: ClassVar[float]
    """What stands in the padding."""

    def __init__(self, kernel_size: int | Pair, *, stride: int | Pair | None = None, padding: int | Pair = 0) -> None:
        self.kernel, self.padding = pair(kernel_size), pair(padding)
        self.stride = self.kernel if stride is None else pair(stride)
        self.offsets = list(np.ndindex(self.kernel))
        self.is_padded = self.padding != (0, 0)

    def output_shape(self, shape: Shape) -> Shape:
        c, h, w = self._padded(image_shape(self.name, shape))
        if 2 * self.padding[0] > self.kernel[0] or 2 * self.padding[1] > self.kernel[1]:
            raise ShapeMismatch(self.name, "a padding of at most half its kernel", shape)
        return (c, *fitting(self.name, shape, (h, w), self.kernel, self.stride))

    def _padded(self, shape: Shape) -> Shape:
        c, h, w = shape
        return c, h + 2 * self.padding[0], w + 2 * self.padding[1]

    def scratch_shapes(self, n: int, shape: Shape) -> list[tuple[Shape, str]]:
        padded = math.prod(self._padded(shape)) * n if self.is_padded else 0
        return [((padded,), "f"), ((padded,), "f")]

    def _inside(self, padded: Array, shape: Shape) -> tuple[Array, Array]:
        """The padded image as (…, c, hp, wp, n), and what lies inside of its padding."""
        *lead, c, h, w, n = shape
        padded = padded[: lead[0]] if lead else padded
        padded = padded.reshape(*lead, *self._padded((c, h, w)), n)
        top, left = self.padding
        return padded, padded[..., top : top + h, left : left + w, :]

    def _bordered(self, x: Array, padded: Array) -> Array:
        """x with its border."""
        if not self.is_padded:
            return x
        padded, inside = self._inside(padded, x.shape)
        padded.fill(self.border)
        np.copyto(inside, x)
        return padded

    def _seen(self, x: Array, count: Pair) -> Iterator[Array]:
        """Every window's first number, every window's second, … row by row."""
        (s, t), (rows, columns) = self.stride, count
        for i, j in self.offsets:
            yield x[..., i : i + s * (rows - 1) + 1 : s, j : j + t * (columns - 1) + 1 : t, :]


class MaxPool2d(Pool):
    """y = the greatest number of each window; of equal ones the first, row by row, gets the derivative."""

    border = -math.inf

    def scratch_shapes(self, n: int, shape: Shape) -> list[tuple[Shape, str]]:
        like = math.prod(self.output_shape(shape)) * n
        return [*super().scratch_shapes(n, shape), ((like,), "f"), ((like,), "f")]

    def forward(self, x: Array, y: Array, padded: Array, *others: Array) -> None:
        x, y = self._bordered(samples_last(x), padded), samples_last(y)
        first, *seen = self._seen(x, y.shape[-3:-1])
        np.copyto(y, first)
        for numbers in seen:
            np.maximum(y, numbers, out=y)

    def backward(
        self, x: Array, y: Array, dy: Array, dx: Array, padded: Array, sent: Array, left: Array, less: Array
    ) -> None:
        y, dx = samples_last(y), samples_last(dx)
        left, less = left.reshape(y.shape), less.reshape(y.shape)
        x = self._inside(padded, dx.shape)[0] if self.is_padded else samples_last(x)
        d_padded, inside = self._inside(sent, dx.shape) if self.is_padded else (dx, dx)
        d_padded.fill(0.0)
        np.copyto(left, samples_last(dy))
        count = y.shape[-3:-1]
        for numbers, d_numbers in zip(self._seen(x, count), self._seen(d_padded, count), strict=True):
            np.subtract(y, numbers, out=less)
            np.sign(less, out=less)  # 1 where the number is less than the greatest, else 0
            np.multiply(less, left, out=less)
            np.subtract(left, less, out=left)  # dL/dy where the number is the greatest and no earlier one was
            np.add(d_numbers, left, out=d_numbers)
            left, less = less, left
        if inside is not dx:
            np.copyto(dx, inside)

    def sides(self, x: Array, y: Array, *arrays: Array) -> list[Array]:
        """Which number of every window is the greatest."""
        x, count = np.ascontiguousarray(self._bordered(samples_last(x), arrays[0])), (y.shape[-2], y.shape[-1])
        seen = windows(x, self.kernel, count, stride=self.stride)
        return [seen.reshape(*seen.shape[:-5], -1, *seen.shape[-3:]).argmax(axis=-4)]


class AvgPool2d(Pool):
    """y = the mean of each window, zeros in the padding included."""

    border = 0.0

    def constants(self, y: Array) -> tuple[Array, ...]:
        return (np.array(1.0 / math.prod(self.kernel), y.dtype),)

    def forward(self, x: Array, y: Array, padded: Array, sent: Array, share: Array) -> None:
        x, y = self._bordered(samples_last(x), padded), samples_last(y)
        first, *seen = self._seen(x, y.shape[-3:-1])
        np.copyto(y, first)
        for numbers in seen:
            np.add(y, numbers, out=y)
        np.multiply(y, share, out=y)  # y = sum / (kh kw)

    def backward(self, x: Array, y: Array, dy: Array, dx: Array, padded: Array, sent: Array, share: Array) -> None:
        dy, dx = samples_last(dy), samples_last(dx)
        d_padded, inside = self._inside(sent, dx.shape) if self.is_padded else (dx, dx)
        d_padded.fill(0.0)
        for d_numbers in self._seen(d_padded, dy.shape[-3:-1]):
            np.add(d_numbers, dy, out=d_numbers)
        np.multiply(inside, share, out=dx)  # dL/dx = sum of the dL/dy of its windows / (kh kw)
