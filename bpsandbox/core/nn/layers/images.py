"""Images: their layout in memory, their windows, and what convolution and pooling share.

A sample is (channels, height, width). x is indexed as (n, channels, height, width), but in memory the samples' axis is
last: a row of a window is a contiguous run of width * n numbers, so copying, adding or comparing windows takes a few
long loops instead of thousands of short ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.core.types import Array, Shape

from .base import Layer

Pair = tuple[int, int]


def pair(value: int | Pair | list[int]) -> Pair:
    """Return a size for each axis, given one size or a pair."""
    if isinstance(value, int):
        return value, value
    height, width = value
    return height, width


def image_shape(layer: str, shape: Shape) -> Shape:
    """Return the shape. Raises ShapeMismatch if a sample is not an image."""
    if len(shape) != 3:
        raise ShapeMismatch(layer, "images (channels, height, width)", shape)
    return shape


def fitting(layer: str, shape: Shape, padded: Pair, kernel: Pair, stride: Pair) -> Pair:
    """Return the number of windows along height and width. `kernel` is the extent of a window, gaps included.

    Raises ShapeMismatch if none fits.
    """
    if padded[0] < kernel[0] or padded[1] < kernel[1]:
        kh, kw = kernel
        raise ShapeMismatch(
            layer, "images of at least {rows} by {columns} including padding", shape, rows=kh, columns=kw
        )
    return (padded[0] - kernel[0]) // stride[0] + 1, (padded[1] - kernel[1]) // stride[1] + 1


def are_images(layers: Sequence[Layer], shapes: Sequence[Shape], place: int, *, is_gradient: bool) -> bool:
    """Return whether the input of the layer at `place` is laid out as images, for it and for the layer before.

    `shapes[i]` is the shape of one input sample of layer i. A layer that acts on rows reads them unchanged; a layer
    after a view reads them in another shape, possibly as one row, but returns gradients only in their original shape.
    """
    after = next((i for i in range(place, len(layers)) if not layers[i].is_view), None)
    if len(shapes[place]) != 3 or after is None:
        return False
    beside = [(layers[after], shapes[after]), *((layer, shapes[place]) for layer in layers[:place][-1:])]
    is_cut = any(layer.row_axes and len(shape) > layer.row_axes for layer, shape in beside)
    return not is_cut and len(shapes[after]) in ((3,) if is_gradient else (1, 3))


def samples_last(array: Array) -> Array:
    """Return (…, n, c, h, w) as (…, c, h, w, n), a view."""
    return array.transpose(1, 2, 3, 0) if array.ndim == 4 else array.transpose(0, 2, 3, 4, 1)


def bordered(scratch: Array, shape: Shape, before: Pair, after: Pair) -> tuple[Array, Array]:
    """Return views of a scratch array: images (…, c, h, w, n) with a border, and the images inside it."""
    *lead, c, h, w, n = shape
    (top, left), (bottom, right) = before, after
    scratch = scratch[: lead[0]] if lead else scratch  # x may be one for all seeds
    padded = scratch.reshape(*lead, c, top + h + bottom, left + w + right, n)
    return padded, padded[..., top : top + h, left : left + w, :]


def windows(image: Array, kernel: Pair, count: Pair, *, stride: Pair = (1, 1), dilation: Pair = (1, 1)) -> Array:
    """Return (…, c, h, w, n) as (…, c, kh, kw, oh, ow, n), a view with the numbers of every window.

    The numbers of a window are `dilation` apart, the windows `stride`.
    """
    span = (kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1
    seen = np.lib.stride_tricks.sliding_window_view(image, span, axis=(-3, -2))  # (…, c, h', w', n, span)
    seen = seen[..., :: stride[0], :: stride[1], :, :: dilation[0], :: dilation[1]]
    return np.moveaxis(seen[..., : count[0], : count[1], :, :, :], (-2, -1), (-5, -4))


def matrix(images: Array, scratch: Array) -> Array:
    """Return (…, c, h, w, n) as (…, c, h w n): a view if the numbers are contiguous, else a copy in `scratch`."""
    *lead, c, h, w, n = images.shape
    rows = images if images.flags.c_contiguous else scratch[..., : c * h * w * n]
    return rows.reshape(*lead, c, h * w * n)


def columns_of(
    covered: Array, scratch: Array, *, has_one: bool = False, again: bool = False
) -> Iterator[tuple[slice, Array]]:
    """Copy every window into a column, (c kh kw, windows), as many rows of windows at a time as fit.

    Yields the windows' positions among all windows, and their columns, with a 1 below if `has_one`. `again` means that
    the same columns were copied to this scratch array before; if it still contains all of them, nothing is copied.
    """
    *lead, c, kh, kw, oh, ow, n = covered.shape
    height, width = c * kh * kw, ow * n
    rows = scratch.shape[-1] // ((height + has_one) * width)
    scratch = scratch[: lead[0]] if lead else scratch  # x may be one for all seeds
    for first in range(0, oh, rows):
        part = covered[..., first : first + rows, :, :]
        windows = part.shape[-3] * width
        columns = scratch[..., : (height + has_one) * windows].reshape(*lead, height + has_one, windows)
        if not again or rows < oh:
            np.copyto(columns[..., :height, :].reshape(part.shape), part)
            if has_one:
                np.copyto(columns[..., height:, :], 1.0)
        yield slice(first * width, first * width + windows), columns
