r"""Softmax: a_k = exp(z_k) / sum over j of exp(z_j), along every row of numbers.

With u = exp(z - max(z)): the same shift for all numbers changes nothing, and keeps exp from overflowing. The Jacobian
is da/dz = diag(a) - a a^T (`\mathrm{diag}\left(a\right)` is the square matrix with a on its diagonal), so
dL/dz_k = a_k (dL/da_k - sum over j of a_j dL/da_j).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpsandbox.explain.working.algebra import (
    Term,
    fraction,
    function,
    hadamard,
    matmul,
    minus,
    named,
    transposed,
)
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import input_gradient_step, input_pieces, layer_step, output_pieces
from bpsandbox.explain.working.pieces import Piece
from bpsandbox.explain.working.step import Step
from bpsandbox.messages import N_


def forward(place: Place) -> Iterator[Step]:
    for piece, stored, notes in output_pieces(place):
        z = piece.term(place.input, place.x)
        shifted = function(r"\exp", np.exp, minus(z, function(r"\max", np.max, z)))
        u = piece.name(place.symbol("u"))
        title = N_("Layer {layer}: exponentials for the softmax")
        yield layer_step(place, "forward", piece.part("exponentials"), title, u, shifted, None)
        found = named(u, shifted.value)
        term = fraction(found, piece.along_rows(piece.row_totals(found)))
        title, name = N_("Layer {layer}: softmax"), piece.name(place.output)
        yield layer_step(place, "forward", piece.part("activation"), title, name, term, stored, notes=notes)


def backward(place: Place) -> Iterator[Step]:
    title = N_("Back through the activation of layer {layer}")
    for piece, stored, notes in input_pieces(place):
        a, gradient = piece.term(place.output, place.y), piece.term(place.output_gradient, place.dy)
        term = _by_jacobian(piece, a, gradient) if piece.rows == 1 else _by_rows(piece, a, gradient)
        yield input_gradient_step(place, term, stored, part="activation", title=title, piece=piece, notes=notes)


def _by_jacobian(piece: Piece, a: Term, gradient: Term) -> Term:
    """(diag(a) - a a^T) dL/da, or dL/da (diag(a) - a^T a)"""
    diagonal = function(r"\mathrm{diag}", lambda values: np.diag(values.reshape(-1)), a)
    if piece.is_turned:
        return matmul(minus(diagonal, matmul(a, transposed(a))), gradient)
    return matmul(gradient, minus(diagonal, matmul(transposed(a), a)))


def _by_rows(piece: Piece, a: Term, gradient: Term) -> Term:
    """a ⊙ (dL/da - the sum of a ⊙ dL/da along the row)"""
    return hadamard(a, minus(gradient, piece.along_rows(piece.row_totals(hadamard(a, gradient)))))
