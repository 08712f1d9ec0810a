"""The convolution: z_o = sum over c of W_{o,c} ⋆ x_c, plus b_o, a channel a matrix.

With K ⋆ X the cross-correlation, s the stride, d the dilation:
* z_o = down(sum over c of dilate(W_{o,c}, d) ⋆ pad(x_c), s) + b_o
* dL/dW_{o,c} = down(dilate(δ_o, s) ⋆ pad(x_c), d), dL/db_o = the sum of δ_o
* dL/dx_c = sum over o of flip(dilate(W_{o,c}, d)) ⋆ pad(dilate(δ_o, s)), padded so that it has x's size

Dumoulin, Visin, A guide to convolution arithmetic for deep learning, 2016.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from bpsandbox.core.nn.layers import Conv2d
from bpsandbox.explain.working.algebra import Array, Term, named, plus, total
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import (
    Own,
    input_gradient_step,
    input_pieces,
    layer_step,
    output_pieces,
    own_and_summed,
)
from bpsandbox.explain.working.pieces import SHOWN, not_shown, subscripted
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.explain.working.windows import dilated, every, flipped, pad, padded, star
from bpsandbox.messages import N_

SUMMED = 3
"""So many channels are written out in a sum over channels; the rest is one more summand."""


def forward(place: Place) -> Iterator[Step]:
    layer: Conv2d = place.layer
    title, sides = N_("Layer {layer}: convolution"), _padding(layer)
    for piece, stored, notes in output_pieces(place):
        (o,) = piece.index

        def product(c: int, name: int | str, o: int = o) -> Term:
            kernel = _kernel(place, o, c, (o, name))
            return star(dilated(kernel, layer.dilation), padded(_channel(place, c, name), *sides))

        term = every(_sum_over("c", len(place.x), product), layer.stride)
        if layer.bias:
            term = plus(term, named(subscripted(place.symbol("b"), (o,)), place.tensor("bias")[o]))
        notes = (*_explained(layer), *notes) if piece.is_first else notes
        yield layer_step(
            place, "forward", piece.part("sum"), title, piece.name(place.output), term, stored, notes=notes
        )


def backward(place: Place) -> Iterator[Step]:
    yield from own_and_summed(place, list(_owns(place)), gradients)
    title = N_("Back through the convolution of layer {layer}")
    for piece, stored, notes in input_pieces(place):
        (c,) = piece.index

        def product(o: int, name: int | str, c: int = c) -> Term:
            kernel = _kernel(place, o, c, (name, c))
            return star(flipped(dilated(kernel, place.layer.dilation)), _spread_delta(place, o, name))

        term = _sum_over("o", len(place.y), product)
        notes = (
            (Sentence(N_("flip reverses the kernel in both directions; pad adds zeros around δ.")), *notes)
            if piece.is_first
            else notes
        )
        yield input_gradient_step(place, term, stored, title=title, piece=piece, notes=notes)


def _owns(place: Place) -> Iterator[Own]:
    """The gradients of the first kernels, and of their biases."""
    layer, weight = place.layer, place.tensor("weight")
    kernels = list(np.ndindex(min(SHOWN, len(weight)), min(SUMMED, weight.shape[1])))
    count = weight.shape[0] * weight.shape[1]
    for o, c in kernels:
        image = padded(_channel(place, c, c), *_seen_padding(place))
        term = every(star(dilated(_delta(place, o, o), layer.stride), image), layer.dilation)
        is_cut = (o, c) == kernels[-1] and count > len(kernels)
        notes = (not_shown(place.symbol("W"), weight, len(kernels), count),) if is_cut else ()
        yield Own("weight", place.symbol("W"), term, (o, c), notes)
    if layer.bias:
        for o in range(min(SHOWN, len(weight))):
            yield Own("bias", place.symbol("b"), total(_delta(place, o, o)), (o,))


def gradients(place: Place, rows: Sequence[int], xs: Array, dys: Array) -> dict[str, Array]:
    """dL/dW and dL/db over some rows of the batch, one place of the kernel at a time."""
    layer, delta = place.layer, np.asarray(dys[rows], dtype=np.float64)
    image = pad(np.asarray(xs[rows], dtype=np.float64), _padding(layer))
    (s, t), (d, e), (height, width) = layer.stride, layer.dilation, delta.shape[-2:]
    weight = np.empty((delta.shape[1], image.shape[1], *layer.kernel))
    for i, j in np.ndindex(layer.kernel):
        seen = image[:, :, i * d : i * d + s * (height - 1) + 1 : s, j * e : j * e + t * (width - 1) + 1 : t]
        weight[:, :, i, j] = np.tensordot(delta, seen, axes=((0, 2, 3), (0, 2, 3)))
    return {"weight": weight} | ({"bias": delta.sum(axis=(0, 2, 3))} if layer.bias else {})


def _kernel(place: Place, o: int, c: int, names: tuple[int | str, int | str]) -> Term:
    return named(subscripted(place.symbol("W"), names), place.tensor("weight")[o, c])


def _channel(place: Place, c: int, name: int | str) -> Term:
    return named(subscripted(place.input, (name,)), place.x[c])


def _delta(place: Place, o: int, name: int | str) -> Term:
    return named(subscripted(place.output_gradient, (name,)), place.dy[o])


def _sum_over(letter: str, count: int, product: Callable[[int, int | str], Term]) -> Term:
    """The sum of all products, of which `product` gives one and names it: the last ones are one summand."""
    terms = [product(place, place) for place in range(min(count, SUMMED))]
    if count > SUMMED:
        rest = [product(place, letter) for place in range(SUMMED, count)]
        value = np.sum([term.value for term in rest], axis=0)
        terms.append(named(rf"\sum_{{{letter}={SUMMED}}}^{{{count - 1}}} {rest[0].symbols}", value))
    return plus(*terms)


def _padding(layer: Conv2d) -> tuple[int, int, int, int]:
    """Rows above and below, columns before and behind."""
    return layer.before[0], layer.after[0], layer.before[1], layer.after[1]


def _unseen(place: Place, axis: int) -> int:
    """Rows (columns) of the padded image after the last window: none where the stride divides what is left."""
    layer = place.layer
    size = layer.before[axis] + place.x.shape[1 + axis] + layer.after[axis]
    return (size - layer.reach[axis] - 1) % layer.stride[axis]


def _seen_padding(place: Place) -> tuple[int, int, int, int]:
    """The padding, less the rows and columns that no window sees."""
    top, bottom, left, right = _padding(place.layer)
    return top, bottom - _unseen(place, 0), left, right - _unseen(place, 1)


def _spread_delta(place: Place, o: int, name: int | str) -> Term:
    """δ_o, its numbers a stride apart, among as many zeros as make the correlation with the kernel as large as x."""
    layer, seen = place.layer, _seen_padding(place)
    sides = [layer.reach[axis // 2] - side for axis, side in enumerate(seen)]
    top, bottom, left, right = sides
    return padded(dilated(_delta(place, o, name), layer.stride), top, bottom, left, right)


def _explained(layer: Conv2d) -> Iterator[Sentence]:
    """What the operations in the formula mean."""
    yield Sentence(N_("W with o, c is the kernel from channel c to channel o, counted from 0."))
    yield Sentence(N_("⋆ slides the kernel over the channel without flipping it (cross-correlation)."))
    if any(_padding(layer)):
        yield Sentence(
            N_("pad adds rows and columns of zeros: above, below, left, right; negative numbers cut some off.")
        )
    if layer.stride != (1, 1):
        yield Sentence(
            N_("down keeps one row in {rows} and one column in {columns}: the stride."),
            {"rows": layer.stride[0], "columns": layer.stride[1]},
        )
    if layer.dilation != (1, 1):
        yield Sentence(
            N_("dilate moves the numbers {rows} rows and {columns} columns apart, with zeros between them."),
            {"rows": layer.dilation[0], "columns": layer.dilation[1]},
        )
