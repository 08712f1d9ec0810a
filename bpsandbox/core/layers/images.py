"""Images: how they lie in memory, their windows, and what convolution and pooling share.

A sample is (channels, height, width). The workspace lays images out with the samples' axis last in memory, although x
is (n, channels, height, width) to everybody: then a row of a window is one run of width * n numbers, and copying,
adding or comparing windows is a few long loops where it would be thousands of short ones.
"""

from __future__ import annotations

import numpy as np

from bpsandbox.core.errors import ShapeMismatch

from .base import Array, Shape

Pair = tuple[int, int]


def pair(value: int | Pair | list[int]) -> Pair:
    """A size for both axes, or one for each."""
    if isinstance(value, int):
        return value, value
    height, width = value
    return height, width


def image_shape(layer: str, shape: Shape) -> Shape:
    """The shape itself. Raises ShapeMismatch when a sample is no image."""
    if len(shape) != 3:
        raise ShapeMismatch(layer, "images (channels, height, width)", shape)
    return shape


def fitting(layer: str, shape: Shape, padded: Pair, kernel: Pair, stride: Pair) -> Pair:
    """How many windows fit below and beside each other. `kernel` is what a window spans, gaps included.

    Raises ShapeMismatch when none does.
    """
    if padded[0] < kernel[0] or padded[1] < kernel[1]:
        kh, kw = kernel
        raise ShapeMismatch(
            layer, "images of at least {rows} by {columns} with their padding", shape, rows=kh, columns=kw
        )
    return (padded[0] - kernel[0]) // stride[0] + 1, (padded[1] - kernel[1]) // stride[1] + 1


def samples_last(array: Array) -> Array:
    """Look at (…, n, c, h, w) as (…, c, h, w, n)."""
    return array.transpose(1, 2, 3, 0) if array.ndim == 4 else array.transpose(0, 2, 3, 4, 1)


def windows(image: Array, kernel: Pair, count: Pair, *, stride: Pair = (1, 1), dilation: Pair = (1, 1)) -> Array:
    """Look at (…, c, h, w, n) as (…, c, kh, kw, oh, ow, n): every number of a window, for all windows. Copies nothing.

    `image` is contiguous; numbers of a window stand `dilation` apart, windows `stride`.
    """
    *lead, channel, row, column, sample = image.strides
    within, between = (dilation[0] * row, dilation[1] * column), (stride[0] * row, stride[1] * column)
    shape = (*image.shape[:-3], *kernel, *count, image.shape[-1])
    return np.ndarray(shape, image.dtype, image, strides=(*lead, channel, *within, *between, sample))
