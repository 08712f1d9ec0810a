r"""Terms of images: a matrix is one channel, and windows slide over it.

Written with names, and read back, as follows. A single number stands for both directions where two are equal.

* `K \star X` is the cross-correlation, without padding, one step at a time: (K ⋆ X)[u, v] = Σ K[i, j] X[u + i, v + j].
  A single number in place of K or X is a matrix of one row and one column.
* `\mathrm{pad}\left(X, p\right)`, `\mathrm{pad}\left(X, top, bottom, left, right\right)`: X among zeros; where a
  number is negative, rows and columns are cut off. `\mathrm{pad}_{-\infty}` puts −∞ there instead.
* `\mathrm{dilate}\left(X, r, c\right)`: X with r - 1 rows of zeros between its rows, c - 1 between its columns.
* `\mathrm{down}\left(X, r, c\right)`: every r-th row and c-th column of X, from the first.
* `\mathrm{flip}\left(X\right)`: X with its rows and its columns in reverse order.
* `\mathrm{maxpool}\left(X, k, s\right)`, `\mathrm{maxpool}\left(X, k_h, k_w, s_h, s_w\right)`: the greatest number of
  each window of k × k, windows s apart.
* `\mathrm{unpool}\left(D, X, k, s\right)`, likewise: each number of D at the place of the greatest number of its window
  of X, the first of equals, row by row; what comes to one place is added.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .algebra import Array, Binding, Term, made

Pair = tuple[int, int]


def correlate(kernel: Array, image: Array) -> Array:
    """(K ⋆ X)[u, v] = Σ K[i, j] X[u + i, v + j]"""
    seen = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("uvij,ij->uv", seen, kernel)


def star(kernel: Term, image: Term) -> Term:
    """The cross-correlation of an image with a kernel."""
    return made(
        correlate,
        (kernel, image),
        lambda write: rf"{write(kernel, Binding.POWER)} \star {write(image, Binding.POWER)}",
        Binding.PRODUCT,
    )


def padded(image: Term, top: int, bottom: int, left: int, right: int, fill: float = 0.0) -> Term:
    """An image with rows and columns added around it, or cut off where a number is negative."""
    sides = (top, bottom, left, right)
    if not any(sides):
        return image
    name = r"\mathrm{pad}" if fill == 0.0 else r"\mathrm{pad}_{-\infty}"
    numbers = sides[:1] if len(set(sides)) == 1 else sides
    return _with_numbers(name, numbers, lambda values: pad(values, sides, fill), image)


def pad(image: Array, sides: Sequence[int], fill: float = 0.0) -> Array:
    """Add (top, bottom, left, right) rows and columns to the last two axes, or cut off as many where negative."""
    more = [max(side, 0) for side in sides]
    lead = [(0, 0)] * (image.ndim - 2)
    wide = np.pad(image, [*lead, (more[0], more[1]), (more[2], more[3])], constant_values=fill)
    top, bottom, left, right = (max(-side, 0) for side in sides)
    return wide[..., top : wide.shape[-2] - bottom, left : wide.shape[-1] - right]


def dilated(image: Term, steps: Pair) -> Term:
    """An image with zeros between its numbers, which come to lie `steps` apart."""
    if steps == (1, 1):
        return image
    down, across = steps

    def apart(values: Array) -> Array:
        rows, columns = values.shape
        wide = np.zeros(((rows - 1) * down + 1, (columns - 1) * across + 1))
        wide[::down, ::across] = values
        return wide

    return _with_numbers(r"\mathrm{dilate}", _shortened(steps), apart, image)


def every(image: Term, steps: Pair) -> Term:
    """Rows and columns `steps` apart."""
    if steps == (1, 1):
        return image
    return _with_numbers(r"\mathrm{down}", _shortened(steps), lambda values: values[:: steps[0], :: steps[1]], image)


def flipped(kernel: Term) -> Term:
    """A kernel turned around."""
    if kernel.is_scalar:
        return kernel
    return _with_numbers(r"\mathrm{flip}", (), lambda values: values[::-1, ::-1], kernel)


def greatest(image: Term, kernel: Pair, stride: Pair) -> Term:
    """The greatest number of every window."""

    def greatest_of(values: Array) -> Array:
        return _windows(values, kernel, stride).max(axis=(-2, -1))

    return _with_numbers(r"\mathrm{maxpool}", _window_numbers(kernel, stride), greatest_of, image)


def sent_to_greatest(gradient: Term, image: Term, kernel: Pair, stride: Pair) -> Term:
    """Each number of the gradient at the place of the greatest number of its window, the first of equals."""

    def sent(gradient: Array, image: Array) -> Array:
        value = np.zeros(image.shape)
        seen = _windows(image, kernel, stride)
        first = seen.reshape(*seen.shape[:2], -1).argmax(axis=-1)
        for (u, v), place in np.ndenumerate(first):
            i, j = divmod(int(place), kernel[1])
            value[u * stride[0] + i, v * stride[1] + j] += gradient[u, v]
        return value

    return _with_numbers(r"\mathrm{unpool}", _window_numbers(kernel, stride), sent, gradient, image)


def _windows(image: Array, kernel: Pair, stride: Pair) -> Array:
    return np.lib.stride_tricks.sliding_window_view(image, kernel)[:: stride[0], :: stride[1]]


def _window_numbers(kernel: Pair, stride: Pair) -> tuple[int, ...]:
    if kernel[0] == kernel[1] and stride[0] == stride[1]:
        return kernel[0], stride[0]
    return (*kernel, *stride)


def _shortened(numbers: Pair) -> tuple[int, ...]:
    return numbers[:1] if numbers[0] == numbers[1] else numbers


def _with_numbers(name: str, numbers: Sequence[int], f: Callable[..., Array], *terms: Term) -> Term:
    """name(terms, numbers), which is f of the terms"""
    after = [str(each) for each in numbers]
    return made(f, terms, lambda write: rf"{name}\left({', '.join([*map(write, terms), *after])}\right)")
