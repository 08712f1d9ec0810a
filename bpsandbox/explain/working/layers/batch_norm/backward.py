"""Back through mean and variance, and the gradients of scale and shift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bpsandbox.explain.working.algebra import Array, Term, fraction, hadamard, minus, named
from bpsandbox.explain.working.example import Place, partial
from bpsandbox.explain.working.parts import Own, input_gradient_step, input_pieces, layer_step, own_and_summed
from bpsandbox.explain.working.pieces import not_shown, pieces
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_

from .feature import Feature, axes_of, normalised


def backward(place: Place) -> Iterator[Step]:
    if place.layer.affine:
        yield from own_and_summed(place, list(_owns(place)), gradients)
    for piece, stored, notes in input_pieces(place):
        feature = Feature(place, piece)
        delta = piece.term(place.output_gradient, place.dy)
        made = hadamard(feature.parameter("weight"), delta) if place.layer.affine else delta
        g = named(piece.name(place.symbol("g")), made.value)
        yield layer_step(
            place, "backward", piece.part("normalised"), N_("Layer {layer}: gradient of the normalised values"),
            g.symbols, made, None, meaning=partial(feature.hat_name),
        )  # fmt: skip
        means = []
        for part, title, name, term in _means(feature, g):
            yield layer_step(place, "backward", piece.part(part), title, name, term, None)
            means.append(feature.over(named(name, term.value)))
        of_g, of_product = means
        inner = minus(minus(g, of_g), hadamard(feature.hat, of_product))
        yield input_gradient_step(place, fraction(inner, feature.deviation), stored, piece=piece, notes=notes)


def _means(feature: Feature, g: Term) -> Iterator[tuple[str, str, str, Term]]:
    """The means of g and of g ⊙ x̂ over the batch: part of the step's id, title, name and term."""
    place, piece, hat = feature.place, feature.piece, feature.hat
    gs = np.asarray(place.dys, dtype=np.float64)
    if place.layer.affine:
        gs = gs * feature.along(place.tensor("weight"))
    of_g, of_hat = feature.of_n(place.symbol("g")), feature.of_n(place.symbol(r"\hat{x}"))
    title = N_("Layer {layer}: mean of the gradient over the batch")
    name = piece.name(place.symbol(r"\overline{g}"))
    yield "mean", title, name, feature.batch_mean(g, gs, feature.summed(of_g))
    title = N_("Layer {layer}: mean of the gradient times the normalised values")
    name = piece.name(place.symbol(r"\overline{g \odot \hat{x}}"))
    symbols = feature.summed(rf"{of_g} \odot {of_hat}")
    yield "product", title, name, feature.batch_mean(hadamard(g, hat), gs * feature.whole_hat, symbols)


def _owns(place: Place) -> Iterator[Own]:
    """dL/dγ and dL/dβ of the example, by feature."""
    shown = list(pieces(place.example.convention, place.y.shape))
    for piece in shown:
        feature, delta = Feature(place, piece), piece.term(place.output_gradient, place.dy)
        for parameter, term in (("weight", hadamard(delta, feature.hat)), ("bias", delta)):
            notes = _not_shown(place, parameter, len(shown)) if feature.is_channel and piece is shown[-1] else ()
            yield Own(parameter, place.parameter_symbol(parameter), feature.gathered(term), piece.index, notes)


def _not_shown(place: Place, parameter: str, shown: int) -> tuple[Sentence, ...]:
    tensor = place.tensor(parameter)
    return (not_shown(place.parameter_symbol(parameter), tensor, shown, len(tensor)),) if len(tensor) > shown else ()


def gradients(place: Place, rows: Sequence[int], xs: Array, dys: Array) -> dict[str, Array]:
    """dL/dγ and dL/dβ over some rows of the batch; x̂ is of the whole batch."""
    scratch = place.example.capture.whole.scratch[place.index]
    hat, delta = normalised(place, xs.astype(np.float64), scratch)[rows], dys[rows].astype(np.float64)
    axes = axes_of(place)
    return {"weight": (delta * hat).sum(axis=axes), "bias": delta.sum(axis=axes)}
