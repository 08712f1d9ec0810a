"""Layer normalisation: y = γ ⊙ x̂ + β, x̂ = (x - μ) / √(v + ε), μ and v mean and variance of every row of the example.

With g = dL/dx̂ = γ ⊙ dL/dy, means along the row written with a bar:
dL/dx = (g - mean of g - x̂ ⊙ mean of g ⊙ x̂) / √(v + ε), dL/dγ = sum over rows of dL/dy ⊙ x̂, dL/dβ = that of dL/dy.
Ba, Kiros, Hinton, Layer normalization, 2016.

A row is what lies along the last axes, as many as are normalised: a row of a printed matrix, a whole matrix, or
several of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bpsandbox.explain.working.algebra import (
    Array,
    Term,
    constant,
    fraction,
    hadamard,
    minus,
    named,
    plus,
    power,
    root,
    total,
)
from bpsandbox.explain.working.example import Place, partial
from bpsandbox.explain.working.parts import (
    Own,
    input_gradient_step,
    input_pieces,
    layer_step,
    output_pieces,
    own_and_summed,
)
from bpsandbox.explain.working.pieces import Piece, not_shown, parted, pieces, stacked, subscripted
from bpsandbox.explain.working.step import Step
from bpsandbox.messages import N_

SUMMED = 3
"""So many rows are written out in a sum over rows that are matrices; the others are one more summand."""
PRODUCT = r"g \odot \hat{x}"


@dataclass(frozen=True)
class Row:
    """The rows that a printed matrix has, or the row that it is a part of."""

    place: Place
    piece: Piece

    @property
    def axes(self) -> int:
        return self.place.layer.row_axes

    @property
    def count(self) -> int:
        """d, the numbers of a row."""
        return math.prod(self.place.y.shape[-self.axes :])

    @property
    def index(self) -> tuple[int, ...]:
        """Which row, by the first axes of the sample; not among the rows of one printed matrix."""
        return self.piece.index[: max(self.place.y.ndim - self.axes, 0)]

    def term(self, name: str, values: Array) -> Term:
        """A quantity of the sample's shape: all numbers of these rows, as one matrix."""
        if self.axes <= 2:
            return self.piece.term(name, values)
        whole = values[self.index]
        return named(subscripted(name, self.index), np.asarray(whole, dtype=np.float64).reshape(-1, whole.shape[-1]))

    def mean(self, term: Term) -> Term:
        """The mean of every row."""
        sums = self.piece.row_totals(term) if self.axes == 1 else total(term)
        return fraction(sums, constant(self.count))

    def along(self, numbers: Term) -> Term:
        """One number a row, along the row."""
        return self.piece.along_rows(numbers) if self.axes == 1 else numbers

    def name(self, letter: str) -> str:
        return subscripted(self.place.symbol(letter), self.index)

    def statistic(self, letter: str, term: Term) -> Term:
        """A mean under its name."""
        return named(self.name(letter), term.value)

    @property
    def mu(self) -> Term:
        return self.mean(self.term(self.place.input, self.place.x))

    def variance(self, mu: Term) -> Term:
        x = self.term(self.place.input, self.place.x)
        return self.mean(power(minus(x, self.along(mu)), 2))

    def deviation(self, v: Term) -> Term:
        """√(v + ε)"""
        return root(plus(self.along(v), named(r"\varepsilon", self.place.layer.eps)))

    def parameter(self, parameter: str) -> Term:
        """γ or β, as it lies along these rows."""
        symbol, tensor = self.place.symbol_of(parameter), self.place.tensor(parameter)
        if self.axes == 1:
            return self.piece.repeated(self.piece.vector(symbol, tensor))
        own = self.piece.index[self.place.y.ndim - self.axes :]
        return named(subscripted(symbol, own), replace(self.piece, index=()).array(tensor[own]))


def _normalised(place: Place, xs: Array) -> Array:
    """x̂ of whole samples: their last axes are rows."""
    axes, xs = tuple(range(-place.layer.row_axes, 0)), np.asarray(xs, dtype=np.float64)
    centred = xs - xs.mean(axis=axes, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=axes, keepdims=True) + place.layer.eps)


def _hat(place: Place) -> Array:
    return _normalised(place, place.x)


def _first_of_rows(place: Place, piece: Piece) -> bool:
    """Is it the first printed part of its row? The row's mean and variance are shown with it."""
    return not any(piece.index[max(place.y.ndim - place.layer.row_axes, 0) :])


def forward(place: Place) -> Iterator[Step]:
    for piece, stored, notes in output_pieces(place):
        row = Row(place, piece)
        mu, v = row.statistic(r"\mu", row.mu), row.statistic("v", row.variance(row.mu))
        if _first_of_rows(place, piece):
            yield from _statistics(row, mu)
        hat = fraction(minus(piece.term(place.input, place.x), row.along(mu)), row.deviation(v))
        title = N_("Layer {layer}: normalised")
        if not place.layer.affine:
            name = piece.name(place.output)
            yield layer_step(place, "forward", piece.part("normalised"), title, name, hat, stored, notes=notes)
            continue
        of_hat = piece.term(place.symbol(r"\hat{x}"), _hat(place))
        yield layer_step(place, "forward", piece.part("normalised"), title, of_hat.symbols, hat, of_hat.value)
        term = plus(hadamard(row.parameter("weight"), of_hat), row.parameter("bias"))
        title, name = N_("Layer {layer}: scaled and shifted"), piece.name(place.output)
        yield layer_step(place, "forward", piece.part("scaled"), title, name, term, stored, notes=notes)


def _statistics(row: Row, mu: Term) -> Iterator[Step]:
    """μ and v; the layer itself keeps neither, so that what comes from them is compared with its numbers."""
    place, made = row.place, (("mean", r"\mu", row.mu), ("variance", "v", row.variance(mu)))
    titles = {"mean": N_("Layer {layer}: mean of the row"), "variance": N_("Layer {layer}: variance of the row")}
    for part, letter, term in made:
        yield layer_step(place, "forward", parted(part, row.index), titles[part], row.name(letter), term, None)


def backward(place: Place) -> Iterator[Step]:
    if place.layer.affine:
        yield from own_and_summed(place, list(_owns(place)), gradients)
    hats = _hat(place)
    for piece, stored, notes in input_pieces(place):
        row, g = Row(place, piece), piece.name(place.symbol("g"))
        gs = np.asarray(place.dy, dtype=np.float64) * (place.tensor("weight") if place.layer.affine else 1.0)
        yield _hat_gradient(row, g)
        mean = row.mean(row.term(place.symbol("g"), gs))
        product = row.mean(hadamard(row.term(place.symbol("g"), gs), row.term(place.symbol(r"\hat{x}"), hats)))
        if _first_of_rows(place, piece):
            yield from _means(row, mean, product)
        v = row.statistic("v", row.variance(row.mu))
        hat, means = piece.term(place.symbol(r"\hat{x}"), hats), (
            row.along(row.statistic(r"\overline{g}", mean)),
            row.along(row.statistic(rf"\overline{{{PRODUCT}}}", product)),
        )  # fmt: skip
        inner = minus(minus(piece.term(place.symbol("g"), gs), means[0]), hadamard(hat, means[1]))
        yield input_gradient_step(place, fraction(inner, row.deviation(v)), stored, piece=piece, notes=notes)


def _hat_gradient(row: Row, name: str) -> Step:
    """g = dL/dx̂"""
    place, piece = row.place, row.piece
    delta = piece.term(place.output_gradient, place.dy)
    term = hadamard(row.parameter("weight"), delta) if place.layer.affine else delta
    title, meaning = N_("Layer {layer}: gradient of the normalised numbers"), partial(place.symbol(r"\hat{x}"))
    return layer_step(place, "backward", piece.part("normalised"), title, name, term, None, meaning=piece.name(meaning))


def _means(row: Row, mean: Term, product: Term) -> Iterator[Step]:
    place = row.place
    title = N_("Layer {layer}: mean of the gradient along the row")
    yield layer_step(place, "backward", parted("mean", row.index), title, row.name(r"\overline{g}"), mean, None)
    title = N_("Layer {layer}: mean of the gradient times the normalised numbers")
    name = row.name(rf"\overline{{{PRODUCT}}}")
    yield layer_step(place, "backward", parted("product", row.index), title, name, product, None)


def _owns(place: Place) -> Iterator[Own]:
    """dL/dγ and dL/dβ of the example, the sums over its rows."""
    hat = _hat(place)
    for parameter in ("weight", "bias"):
        symbol, tensor = place.symbol_of(parameter), place.tensor(parameter)

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
        return plus(*terms) if len(terms) > 1 else terms[0]
    rest = named(r"\cdots", np.sum([term.value for term in terms[SUMMED:]], axis=0))
    return plus(*terms[:SUMMED], rest)


def gradients(place: Place, rows: Sequence[int], xs: Array, dys: Array) -> dict[str, Array]:
    """dL/dγ and dL/dβ over some rows of the batch."""
    delta = np.asarray(dys[rows], dtype=np.float64)
    axes = tuple(range(delta.ndim - place.layer.row_axes))
    return {"weight": (delta * _normalised(place, xs[rows])).sum(axis=axes), "bias": delta.sum(axis=axes)}
