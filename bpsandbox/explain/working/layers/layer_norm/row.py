"""What layer normalisation takes mean and variance of, in print."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from bpsandbox.explain.working.algebra import Array, Term, constant, fraction, minus, named, plus, power, root, total
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.pieces import Piece, subscripted


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
    def is_first(self) -> bool:
        """Is it the first printed part of its row? The row's means are shown with it."""
        return not any(self.piece.index[len(self.index) :])

    @property
    def hat(self) -> Term:
        """x̂, as computed from x: the layer keeps none."""
        return self.piece.term(self.place.symbol(r"\hat{x}"), normalised(self.place, self.place.x))

    @property
    def mu(self) -> Term:
        """The mean of every row."""
        return self.mean(self.term(self.place.input, self.place.x))

    @property
    def variance(self) -> Term:
        x, mu = self.term(self.place.input, self.place.x), self.statistic(r"\mu", self.mu)
        return self.mean(power(minus(x, self.along(mu)), 2))

    @property
    def deviation(self) -> Term:
        """√(v + ε)"""
        v = self.statistic("v", self.variance)
        return root(plus(self.along(v), named(r"\varepsilon", self.place.layer.eps)))

    def parameter(self, parameter: str) -> Term:
        """γ or β, as it lies along these rows."""
        symbol, tensor = self.place.parameter_symbol(parameter), self.place.tensor(parameter)
        if self.axes == 1:
            return self.piece.repeated(self.piece.vector(symbol, tensor))
        own = self.piece.index[self.place.y.ndim - self.axes :]
        return named(subscripted(symbol, own), replace(self.piece, index=()).array(tensor[own]))


def normalised(place: Place, xs: Array) -> Array:
    """x̂ of whole samples: their last axes are rows. Computed with the run's digits, and in its order."""
    axes, xs = tuple(range(-place.layer.row_axes, 0)), xs.astype(place.example.dtype)
    count = math.prod(xs.shape[-place.layer.row_axes :])
    centred = xs - xs.sum(axis=axes, keepdims=True) / count
    variance = (centred * centred).sum(axis=axes, keepdims=True) / count
    return np.asarray(centred * (1.0 / np.sqrt(variance + place.layer.eps)), dtype=np.float64)
