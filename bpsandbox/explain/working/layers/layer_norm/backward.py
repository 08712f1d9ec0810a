"""Back through mean and variance of every row, and the gradients of scale and shift."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from bpsandbox.explain.working.algebra import Array, Term, fraction, hadamard, minus, named, plus
from bpsandbox.explain.working.example import Place, partial
from bpsandbox.explain.working.parts import Own, input_gradient_step, input_pieces, layer_step, own_and_summed
from bpsandbox.explain.working.pieces import Piece, not_shown, parted, pieces, stacked
from bpsandbox.explain.working.step import Step
from bpsandbox.messages import N_

from .row import Row, normalised

SUMMED = 3
"""So many rows are written out in a sum over rows that are matrices; the others are one more summand."""


def backward(place: Place) -> Iterator[Step]:
    if place.layer.affine:
        yield from own_and_summed(place, list(_owns(place)), gradients)
    gs = np.asarray(place.dy, dtype=np.float64) * (place.tensor("weight") if place.layer.affine else 1.0)
    for piece, stored, notes in input_pieces(place):
        row, g = Row(place, piece), piece.term(place.symbol("g"), gs)
        yield _hat_gradient(row, g)
        means = []
        for part, title, letter, term in _means(row, gs):
            if row.is_first:
                yield layer_step(place, "backward", parted(part, row.index), title, row.name(letter), term, None)
            means.append(row.along(row.statistic(letter, term)))
        of_g, of_product = means
        inner = minus(minus(g, of_g), hadamard(row.hat, of_product))
        yield input_gradient_step(place, fraction(inner, row.deviation), stored, piece=piece, notes=notes)


def _hat_gradient(row: Row, g: Term) -> Step:
    """g = dL/dx̂"""
    place, piece = row.place, row.piece
    delta = piece.term(place.output_gradient, place.dy)
    term = hadamard(row.parameter("weight"), delta) if place.layer.affine else delta
    title, meaning = N_("Layer {layer}: gradient of the normalised values"), partial(row.hat.symbols)
    return layer_step(place, "backward", piece.part("normalised"), title, g.symbols, term, g.value, meaning=meaning)


def _means(row: Row, gs: Array) -> Iterator[tuple[str, str, str, Term]]:
    """The means of g and of g ⊙ x̂ along the row: part of the step's id, title, letter and term."""
    place = row.place
    g = row.term(place.symbol("g"), gs)
    hat = row.term(place.symbol(r"\hat{x}"), normalised(place, place.x))
    yield "mean", N_("Layer {layer}: mean of the gradient along the row"), r"\overline{g}", row.mean(g)
    title = N_("Layer {layer}: mean of the gradient times the normalised values")
    yield "product", title, r"\overline{g \odot \hat{x}}", row.mean(hadamard(g, hat))


def _owns(place: Place) -> Iterator[Own]:
    """dL/dγ and dL/dβ of the example, the sums over its rows."""
    hat = normalised(place, place.x)
    for parameter in ("weight", "bias"):
        symbol, tensor = place.parameter_symbol(parameter), place.tensor(parameter)

        def summand(piece: Piece, parameter: str = parameter) -> Term:
            delta = piece.term(place.output_gradient, place.dy)
            return hadamard(delta, piece.term(place.symbol(r"\hat{x}"), hat)) if parameter == "weight" else delta

        if place.layer.row_axes == 1:
            whole = stacked(place.example.convention, place.y.shape)
            yield Own(parameter, symbol, whole.summed(summand(whole)))
            continue
        shown = list(pieces(place.example.convention, tensor.shape))
        count = math.prod(tensor.shape[:-2])
        for part in shown:
            notes = (not_shown(symbol, tensor, len(shown), count),) if count > len(shown) and part is shown[-1] else ()
            yield Own(parameter, symbol, _over_rows(place, part, summand), part.index, notes, part.is_turned)


def _over_rows(place: Place, part: Piece, summand: Callable[[Piece], Term]) -> Term:
    """The sum over all rows of the sample, of the part that belongs to one part of γ."""
    rows = list(np.ndindex(place.y.shape[: place.y.ndim - place.layer.row_axes]))
    terms = [summand(Piece((*row, *part.index), part.rows, part.columns, part.is_turned)) for row in rows]
    if len(terms) <= SUMMED:
        return plus(*terms)
    rest = named(r"\cdots", np.sum([term.value for term in terms[SUMMED:]], axis=0))
    return plus(*terms[:SUMMED], rest)


def gradients(place: Place, rows: Sequence[int], xs: Array, dys: Array) -> dict[str, Array]:
    """dL/dγ and dL/dβ over some rows of the batch."""
    delta = np.asarray(dys[rows], dtype=np.float64)
    axes = tuple(range(delta.ndim - place.layer.row_axes))
    return {"weight": (delta * normalised(place, xs[rows])).sum(axis=axes), "bias": delta.sum(axis=axes)}
