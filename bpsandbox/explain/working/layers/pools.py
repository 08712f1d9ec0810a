"""Pooling, channel by channel: the greatest number or the mean of every window.

The mean of windows of k_h × k_w is a correlation with a kernel of ones, divided by k_h k_w; its way back is that of any
correlation. The greatest sends its gradient to the place where it was, the first of equals.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from bpsandbox.core.nn.layers import MaxPool2d
from bpsandbox.core.nn.layers.pools import Pool
from bpsandbox.explain.working.algebra import Term, constant, fraction, named, times
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import input_gradient_step, input_pieces, layer_step, output_pieces
from bpsandbox.explain.working.pieces import Piece
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.explain.working.windows import dilated, every, greatest, padded, sent_to_greatest, star
from bpsandbox.messages import N_


def forward(place: Place) -> Iterator[Step]:
    layer = place.layer
    is_max = isinstance(layer, MaxPool2d)
    title = N_("Layer {layer}: maximum of each window") if is_max else N_("Layer {layer}: mean of each window")
    for piece, stored, notes in output_pieces(place):
        x = _bordered(place, piece)
        term = greatest(x, layer.kernel, layer.stride) if is_max else _mean(layer, x)
        yield layer_step(
            place, "forward", piece.part("pool"), title, piece.name(place.output), term, stored,
            notes=(*_meaning(layer, piece), *notes),
        )  # fmt: skip


def backward(place: Place) -> Iterator[Step]:
    layer = place.layer
    note = Sentence(
        N_(
            "unpool puts each value where the maximum of its window was (the first, if several are equal) and "
            "adds them up."
        )
        if isinstance(layer, MaxPool2d)
        else N_("Every element of a window gets the same share.")
    )
    for piece, stored, notes in input_pieces(place):
        delta = _gradient(place, piece)
        if isinstance(layer, MaxPool2d):
            whole = sent_to_greatest(delta, _bordered(place, piece), layer.kernel, layer.stride)
            term = padded(whole, *(-side for side in _sides(layer)))
        else:
            term = _shared(place, delta)
        if piece.is_first:
            notes = (note, *notes)
        yield input_gradient_step(place, term, stored, part="pool", piece=piece, notes=notes)


def _gradient(place: Place, piece: Piece) -> Term:
    """dL/dy of the same channel."""
    return named(piece.name(place.output_gradient), place.dy[piece.index])


def _sides(layer: Pool) -> tuple[int, int, int, int]:
    return (layer.padding[0],) * 2 + (layer.padding[1],) * 2


def _bordered(place: Place, piece: Piece) -> Term:
    """The channel with its padding."""
    x = named(piece.name(place.input), place.x[piece.index])
    return padded(x, *_sides(place.layer), fill=place.layer.border)


def _ones(layer: Pool) -> Term:
    return named(r"\mathbf{1}", np.ones(layer.kernel))


def _share(layer: Pool) -> Term:
    return fraction(constant(1), constant(math.prod(layer.kernel)))


def _mean(layer: Pool, x: Term) -> Term:
    return times(_share(layer), every(star(_ones(layer), x), layer.stride))


def _shared(place: Place, delta: Term) -> Term:
    """1/(k_h k_w) of the sum of dL/dy over all windows that see a number of x."""
    layer = place.layer
    spread, sides = dilated(delta, layer.stride), []
    for axis in (0, 1):
        first = layer.kernel[axis] - 1 - layer.padding[axis]
        sides += [first, place.x.shape[1 + axis] + layer.kernel[axis] - 1 - first - spread.value.shape[axis]]
    return times(_share(layer), star(_ones(layer), padded(spread, *sides)))


def _meaning(layer: Pool, piece: Piece) -> Iterator[Sentence]:
    """What the operation in the formula does, said once."""
    if not piece.is_first:
        return
    yield Sentence(
        N_("maxpool takes the maximum of each window of {window}, stride {stride}.")
        if isinstance(layer, MaxPool2d)
        else N_("⋆ with ones adds up each window of {window}, stride {stride}; padding zeros count."),
        {"window": " × ".join(map(str, layer.kernel)), "stride": " × ".join(map(str, layer.stride))},
    )
