"""The residual connection: y = x + s, s the output of an earlier layer. dL/dx = dL/ds = dL/dy.

Where s comes from, the gradients of all paths are added (see walk).
"""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.explain.working.algebra import plus
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import input_gradient_step, input_pieces, layer_step, output_pieces
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_


def forward(place: Place) -> Iterator[Step]:
    network = place.example.capture.network
    source = place.example.places[network.place_of(place.layer.source)]
    title = N_("Layer {layer}: residual sum")
    for piece, stored, notes in output_pieces(place):
        term = plus(piece.term(place.input, place.x), piece.term(source.output, source.y))
        yield layer_step(
            place, "forward", piece.part("sum"), title, piece.name(place.output), term, stored, notes=notes
        )


def backward(place: Place) -> Iterator[Step]:
    note = Sentence(
        N_("The sum passes its gradient on unchanged, here and to the output of layer {source}."),
        {"source": place.layer.source},
    )
    for piece, stored, notes in input_pieces(place):
        term = piece.term(place.output_gradient, place.dy)
        notes = (note, *notes) if piece.is_first else notes
        yield input_gradient_step(place, term, stored, piece=piece, notes=notes)
