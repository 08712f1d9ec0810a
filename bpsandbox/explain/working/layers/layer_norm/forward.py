"""Mean and variance of every row of the example, and the example normalised by them."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.explain.working.algebra import fraction, hadamard, minus, plus
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import layer_step, output_pieces
from bpsandbox.explain.working.pieces import parted
from bpsandbox.explain.working.step import Step
from bpsandbox.messages import N_

from .row import Row


def forward(place: Place) -> Iterator[Step]:
    for piece, stored, notes in output_pieces(place):
        row = Row(place, piece)
        if row.is_first:
            yield from _statistics(row)
        mu, of_hat = row.along(row.statistic(r"\mu", row.mu)), row.hat
        hat = fraction(minus(piece.term(place.input, place.x), mu), row.deviation)
        title, name = N_("Layer {layer}: normalised"), piece.name(place.output)
        if not place.layer.affine:
            yield layer_step(place, "forward", piece.part("normalised"), title, name, hat, stored, notes=notes)
            continue
        yield layer_step(place, "forward", piece.part("normalised"), title, of_hat.symbols, hat, of_hat.value)
        term = plus(hadamard(row.parameter("weight"), of_hat), row.parameter("bias"))
        title = N_("Layer {layer}: scaled and shifted")
        yield layer_step(place, "forward", piece.part("scaled"), title, name, term, stored, notes=notes)


def _statistics(row: Row) -> Iterator[Step]:
    """μ and v. The layer keeps neither: what is made from them is compared with its numbers."""
    place, title = row.place, N_("Layer {layer}: mean of the row")
    yield layer_step(place, "forward", parted("mean", row.index), title, row.name(r"\mu"), row.mu, None)
    title = N_("Layer {layer}: variance of the row")
    yield layer_step(place, "forward", parted("variance", row.index), title, row.name("v"), row.variance, None)
