r"""Activations: a = f(z), element by element; dL/dz = dL/da ⊙ f′(z).

Beside \exp, \log, \tanh, \sigma, \max and \min, `\mathrm{erf}` is the error function, `\mathrm{softplus}\left(z\right)`
is log(1 + exp(z)), and `\mathbf{1}_{>0}\left(z\right)` is 1 where z > 0, else 0, likewise with ≤ (\le), < and other
numbers. `\max\left(z\right)` of one matrix is its greatest number.
"""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.core.nn.activations import Step as StepFunction
from bpsandbox.explain.working.algebra import Term, hadamard, named
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import input_gradient_step, input_pieces, layer_step, output_pieces
from bpsandbox.explain.working.pieces import Piece
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_

from . import bounded, rectified, smooth
from .rule import ONE, Rule

RULES = bounded.RULES | rectified.RULES | smooth.RULES


def forward(place: Place) -> Iterator[Step]:
    rule = RULES[type(place.layer)](place.layer)
    title = N_("Layer {layer}: activation")
    for piece, stored, notes in output_pieces(place):
        z, inner = piece.term(place.input, place.x), _inner(place, rule, piece)
        if rule.inner is not None:
            part = piece.part("activation.inner")
            inside = N_("Layer {layer}: inside the activation")
            yield layer_step(place, "forward", part, inside, inner.symbols, rule.inner(z), None)
        name = piece.name(place.output)
        yield layer_step(
            place, "forward", piece.part("activation"), title, name, rule.value(z, inner), stored, notes=notes
        )


def backward(place: Place) -> Iterator[Step]:
    rule = RULES[type(place.layer)](place.layer)
    title = N_("Back through the activation of layer {layer}")
    for piece, stored, notes in input_pieces(place):
        gradient = piece.term(place.output_gradient, place.dy)
        z, a = piece.term(place.input, place.x), piece.term(place.output, place.y)
        slope = rule.slope(z, a, _inner(place, rule, piece))
        term = gradient if slope is ONE else hadamard(gradient, slope)
        if isinstance(place.layer, StepFunction) and piece.is_first:
            notes = (Sentence(N_("The slope of a step is 0; the gradient passes straight through instead.")), *notes)
        yield input_gradient_step(place, term, stored, part="activation", title=title, piece=piece, notes=notes)


def _inner(place: Place, rule: Rule, piece: Piece) -> Term:
    """The quantity that value and slope both use, under its name; 1 where there is none."""
    if rule.inner is None:
        return ONE
    return named(piece.name(place.symbol(rule.letter)), rule.inner(piece.term(place.input, place.x)).value)
