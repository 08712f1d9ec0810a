"""How a sample is printed: as one matrix, or channel by channel where it has more than two axes.

A vector (d,) is a column or a row, a sequence (t, d) has its steps as columns or as rows, as the reader's convention
has it. Of an image (c, h, w) each channel is a matrix of its own, which lies as the image does; so is every matrix of
the last two axes of a sample of more axes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bpsandbox.explain.numbers import number
from bpsandbox.messages import N_

from .algebra import Array, Term, matmul, named, total
from .example import Convention
from .step import Sentence

SHOWN = 2
"""How many channels are worked in full."""

DERIVATIVE = re.compile(r"(\\frac\{\\partial [^{}]*(?:\{[^{}]*\})?\}\{\\partial )(.*?)(\}(?:\\Big\|.*)?)$")


def subscripted(name: str, index: Sequence[int | str]) -> str:
    r"""A name with a subscript, z^{[1]} with 0 becomes z^{[1]}_{0}; of a derivative, that which it is taken by."""
    if not index:
        return name
    derivative = DERIVATIVE.match(name)
    if derivative:
        return f"{derivative[1]}{subscripted(derivative[2], index)}{derivative[3]}"
    return f"{name}_{{{','.join(str(place) for place in index)}}}"


def parted(part: str, index: Sequence[int]) -> str:
    """A part of a step's id, with the places of what it is about."""
    return ".".join([part, *(str(place) for place in index)])


@dataclass(frozen=True)
class Piece:
    """A part of a sample that is printed as one matrix. `index` chooses it by the sample's first axes."""

    index: tuple[int, ...]
    rows: int
    columns: int
    is_turned: bool
    """Are its rows printed as columns?"""

    def array(self, values: Array) -> Array:
        """This part of a sample's numbers, as it is printed."""
        lying = np.asarray(values, dtype=np.float64)[self.index].reshape(self.rows, self.columns)
        return lying.T if self.is_turned else lying

    @property
    def is_first(self) -> bool:
        return not any(self.index)

    def name(self, name: str) -> str:
        return subscripted(name, self.index)

    def term(self, name: str, values: Array) -> Term:
        return named(self.name(name), self.array(values))

    def part(self, part: str) -> str:
        """A part of a step's id."""
        return parted(part, self.index)

    def vector(self, name: str, values: Array) -> Term:
        """A vector, as a row of this matrix is printed."""
        row = np.asarray(values, dtype=np.float64).reshape(1, -1)
        return named(name, row.T if self.is_turned else row)

    # sums and repetitions by way of a column or row of ones

    def ones(self, count: int, *, lying: bool) -> Term:
        if lying:
            return named(r"\mathbf{1}^{\top}", np.ones((1, count)))
        return named(r"\mathbf{1}", np.ones((count, 1)))

    def repeated(self, vector: Term) -> Term:
        """A vector, once for every row."""
        if self.rows == 1:
            return vector
        if self.is_turned:
            return matmul(vector, self.ones(self.rows, lying=True))
        return matmul(self.ones(self.rows, lying=False), vector)

    def summed(self, matrix: Term) -> Term:
        """The sum of the rows: a vector."""
        if self.rows == 1:
            return matrix
        if self.is_turned:
            return matmul(matrix, self.ones(self.rows, lying=False))
        return matmul(self.ones(self.rows, lying=True), matrix)

    def row_totals(self, matrix: Term) -> Term:
        """The sum of every row: one number each."""
        if self.rows == 1:
            return total(matrix)
        if self.is_turned:
            return matmul(self.ones(self.columns, lying=True), matrix)
        return matmul(matrix, self.ones(self.columns, lying=False))

    def along_rows(self, numbers: Term) -> Term:
        """One number a row, repeated along the row."""
        if self.rows == 1 or self.columns == 1:
            return numbers
        if self.is_turned:
            return matmul(self.ones(self.columns, lying=False), numbers)
        return matmul(numbers, self.ones(self.columns, lying=True))


def pieces(convention: Convention, shape: Sequence[int], most: int | None = SHOWN) -> Iterator[Piece]:
    """The parts of a sample of this shape that are shown, the first `most` of them."""
    if len(shape) <= 2:
        rows, columns = (1, *shape)[-2:]
        yield Piece((), rows, columns, convention.vectors == "columns")
        return
    for place, index in enumerate(np.ndindex(*shape[:-2])):
        if place == most:
            return
        yield Piece(tuple(index), shape[-2], shape[-1], False)


def stacked(convention: Convention, shape: Sequence[int]) -> Piece:
    """The whole sample as one matrix, channels below one another."""
    if len(shape) <= 2:
        return next(pieces(convention, shape))
    return Piece((), math.prod(shape[:-1]), shape[-1], False)


def left_out(piece: Piece, name: str, values: Array, most: int = SHOWN) -> tuple[Sentence, ...]:
    """Say at the last part that is shown how many there are, and how large the whole is."""
    shape = np.shape(values)
    count = math.prod(shape[:-2]) if len(shape) > 2 else 1
    if count <= most or piece.index != np.unravel_index(most - 1, shape[:-2]):
        return ()
    return (not_shown(name, values, most, count),)


def not_shown(name: str, values: Array, most: int, count: int) -> Sentence:
    """Say that the first `most` of the `count` parts of a tensor are shown."""
    return Sentence(
        N_(
            "{name} is {shape}, norm {norm}. The first {most} of its {count} parts are shown; the others are "
            "computed in the same way."
        ),
        {
            "name": rf"\({name}\)",
            "shape": " × ".join(str(axis) for axis in np.shape(values)),
            "norm": rf"\({number(float(np.linalg.norm(np.asarray(values, dtype=np.float64))))}\)",
            "most": most,
            "count": count,
        },
    )
