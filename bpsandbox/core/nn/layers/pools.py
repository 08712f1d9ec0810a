"""Pooling: one number for each window of each channel."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.core.types import Array, Shape

from .base import Layer
from .images import Pair, bordered, fitting, image_shape, pair, samples_last, windows


class Pool(Layer):
    """One number for each window of each channel.

    Shapes, after the seeds' axis: x (n, c, h, w), y (n, c, oh, ow); the computation has samples last (see images).
    Raises ShapeMismatch if a sample is not an image, is smaller with its padding than the kernel, or if the padding is
    more than half the kernel, so that no window covers only padding.
    """

    border: ClassVar[float]
    """The value of the padding."""

    def __init__(self, kernel_size: int | Pair, *, stride: int | Pair | None = None, padding: int | Pair = 0) -> None:
        self.kernel, self.padding = pair(kernel_size), pair(padding)
        self.stride = self.kernel if stride is None else pair(stride)
        self.offsets = list(np.ndindex(self.kernel))
        self.is_disjoint = self.stride[0] >= self.kernel[0] and self.stride[1] >= self.kernel[1]
        self.is_padded = self.padding != (0, 0)
        self.fraction = 1.0 / math.prod(self.kernel)

    def output_shape(self, shape: Shape) -> Shape:
        c, h, w = self._padded(image_shape(self.name, shape))
        if 2 * self.padding[0] > self.kernel[0] or 2 * self.padding[1] > self.kernel[1]:
            raise ShapeMismatch(self.name, "padding of at most half the kernel size", shape)
        return (c, *fitting(self.name, shape, (h, w), self.kernel, self.stride))

    def _padded(self, shape: Shape) -> Shape:
        c, h, w = shape
        return c, h + 2 * self.padding[0], w + 2 * self.padding[1]

    def scratch_shapes(self, n: int, shape: Shape) -> list[tuple[Shape, str]]:
        padded = math.prod(self._padded(shape)) * n if self.is_padded else 0
        return [((padded,), "f"), ((padded,), "f")]

    def _bordered(self, scratch: Array, shape: Shape) -> tuple[Array, Array]:
        """Return views of a scratch array: images with and without their padding."""
        return bordered(scratch, shape, self.padding, self.padding)

    def _pad(self, x: Array, padded: Array) -> Array:
        """Return x with its padding."""
        if not self.is_padded:
            return x
        padded, inside = self._bordered(padded, x.shape)
        np.copyto(padded, self.border)
        np.copyto(inside, x)
        return padded

    def _add(self, d_numbers: Array, share: Array) -> None:
        """Add the gradient of a window to the numbers in it."""
        if self.is_disjoint:
            np.copyto(d_numbers, share)
        else:
            np.add(d_numbers, share, out=d_numbers)

    def _numbers(self, x: Array, y: Array) -> Iterator[Array]:
        """Yield the first number of all windows, the second, …, row by row, each in the shape of y."""
        (s, t), (rows, columns) = self.stride, y.shape[-3:-1]
        for i, j in self.offsets:
            yield x[..., i : i + s * (rows - 1) + 1 : s, j : j + t * (columns - 1) + 1 : t, :]


class MaxPool2d(Pool):
    """y = the maximum of each window; of equal numbers the first, row by row, gets the gradient."""

    border = -math.inf

    def scratch_shapes(self, n: int, shape: Shape) -> list[tuple[Shape, str]]:
        like, size = math.prod(self.output_shape(shape)) * n, math.prod(self.kernel)
        return [*super().scratch_shapes(n, shape), *[((like,), "b")] * 2, *[((like,), "f")] * (2 + size)]

    def forward(
        self, x: Array, y: Array, padded: Array, d_padded: Array, won: Array, over: Array, *scratch: Array
    ) -> None:
        x, y = self._pad(samples_last(x), padded), samples_last(y)
        _, _, *parts = (array.reshape(y.shape) for array in scratch)
        for part, numbers in zip(parts, self._numbers(x, y), strict=True):
            np.copyto(part, numbers)
        greatest, *rest = parts
        for numbers in rest or [greatest]:
            np.maximum(greatest, numbers, out=y)  # y = max over the window
            greatest = y

    def backward(
        self, x: Array, y: Array, dy: Array, dx: Array,
        padded: Array, d_padded: Array, won: Array, over: Array, *scratch: Array,
    ) -> None:  # fmt: skip
        y, dx = samples_last(y), samples_last(dx)
        won, over = won.reshape(y.shape), over.reshape(y.shape)
        whole, share, *parts = (array.reshape(y.shape) for array in scratch)
        np.copyto(whole, samples_last(dy))
        np.copyto(over, False)
        with_border, inside = self._bordered(d_padded, dx.shape) if self.is_padded else (dx, dx)
        np.copyto(with_border, 0.0)
        for numbers, d_numbers in zip(parts, self._numbers(with_border, y), strict=True):
            np.equal(y, numbers, out=won)
            np.greater(won, over, out=won)  # the greatest, where no earlier one was
            np.logical_or(won, over, out=over)
            np.copyto(share, won)
            np.multiply(share, whole, out=share)  # dL/dy where won, else 0
            self._add(d_numbers, share)
        if self.is_padded:
            np.copyto(dx, inside)

    def kink_sides(self, x: Array, y: Array, *arrays: Array) -> list[Array]:
        """Return the position of the maximum in every window."""
        x, count = np.ascontiguousarray(self._pad(samples_last(x), arrays[0])), (y.shape[-2], y.shape[-1])
        seen = windows(x, self.kernel, count, stride=self.stride)
        return [seen.reshape(*seen.shape[:-5], -1, *seen.shape[-3:]).argmax(axis=-4)]


class AvgPool2d(Pool):
    """y = the mean of each window, padding zeros included."""

    border = 0.0

    def scratch_shapes(self, n: int, shape: Shape) -> list[tuple[Shape, str]]:
        like = math.prod(self.output_shape(shape)) * n
        return [*super().scratch_shapes(n, shape), ((like,), "f")]

    def forward(self, x: Array, y: Array, padded: Array, d_padded: Array, part: Array) -> None:
        x, y = self._pad(samples_last(x), padded), samples_last(y)
        part = part.reshape(y.shape)
        np.copyto(y, 0.0)
        for numbers in self._numbers(x, y):
            np.copyto(part, numbers)
            np.add(y, part, out=y)
        np.multiply(y, self.fraction, out=y)  # y = sum over the window / (kh kw)

    def backward(self, x: Array, y: Array, dy: Array, dx: Array, padded: Array, d_padded: Array, share: Array) -> None:
        dy, dx = samples_last(dy), samples_last(dx)
        share = share.reshape(dy.shape)
        np.multiply(dy, self.fraction, out=share)  # dL/dy / (kh kw)
        with_border, inside = self._bordered(d_padded, dx.shape) if self.is_padded else (dx, dx)
        np.copyto(with_border, 0.0)
        for d_numbers in self._numbers(with_border, dy):
            self._add(d_numbers, share)
        if self.is_padded:
            np.copyto(dx, inside)
