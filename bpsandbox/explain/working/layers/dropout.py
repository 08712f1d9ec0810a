"""Dropout in training: y = m ⊙ x / (1 - p), with the mask that was drawn for this step."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.explain.working.algebra import Term, constant, fraction, hadamard, minus, named, times
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import input_gradient_step, input_pieces, layer_step, output_pieces
from bpsandbox.explain.working.pieces import Piece
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_


def forward(place: Place) -> Iterator[Step]:
    note = Sentence(N_("m is the mask drawn in this step: 0 drops an element, 1 keeps it."))
    for piece, stored, notes in output_pieces(place):
        term = _masked(place, piece, piece.term(place.input, place.x))
        yield layer_step(
            place, "forward", piece.part("mask"), N_("Layer {layer}: elements dropped and kept"),
            piece.name(place.output), term, stored, notes=(note, *notes) if piece.is_first else notes,
        )  # fmt: skip


def backward(place: Place) -> Iterator[Step]:
    for piece, stored, notes in input_pieces(place):
        term = _masked(place, piece, piece.term(place.output_gradient, place.dy))
        yield input_gradient_step(place, term, stored, part="mask", piece=piece, notes=notes)


def _masked(place: Place, piece: Piece, term: Term) -> Term:
    """1 / (1 - p) m ⊙ (…)"""
    _uniform, kept, _scaled = place.scratch
    mask = piece.term(place.symbol("m"), kept[place.example.capture.place])
    scale = fraction(constant(1), minus(constant(1), named("p", place.layer.p)))
    return hadamard(times(scale, mask), term)
