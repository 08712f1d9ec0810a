"""Walk through one step in the order in which it happens: forward, loss, backward, update."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial

from bpsandbox.messages import N_

from . import layers, losses, updates
from .algebra import Term, plus
from .example import Example, Place
from .parts import input_gradient, layer_step
from .pieces import left_out, pieces
from .step import Phase, Sentence, Step

log = logging.getLogger(__name__)


def walk(example: Example) -> Iterator[Step]:
    """Yield every step of the example. A part that cannot be explained yields a sentence in its place."""
    for place in example.places:
        yield from _safely(partial(_forward, place), "forward", place.number)
    yield from _safely(lambda: losses.forward(example), "loss", None)
    yield from _safely(lambda: losses.backward(example), "backward", None)
    for place in reversed(example.places):
        yield from _safely(partial(_backward, place), "backward", place.number)
    for place in example.places:
        update_buffers = getattr(layers.KINDS.get(type(place.layer)), "update_buffers", None)
        if update_buffers is not None:
            yield from _safely(partial(update_buffers, place), "update", place.number)
    yield from updates.walk(example, _safely)


def _forward(place: Place) -> Iterator[Step]:
    return layers.KINDS[type(place.layer)].forward(place)


def _backward(place: Place) -> Iterator[Step]:
    """The gradient that arrives from later layers, then the layer's own way back."""
    if place.index < place.example.first_trained:
        if place.index == place.example.first_trained - 1 or place.slots:
            yield from _no_gradient(place)
        return
    if place.takers:
        yield from _gathered(place)
    yield from layers.KINDS[type(place.layer)].backward(place)


def _no_gradient(place: Place) -> Iterator[Step]:
    yield Step(
        f"backward.{place.number}.none",
        "backward",
        place.number,
        Sentence(N_("Layer {layer}: no gradient needed"), {"layer": place.number}),
        notes=(Sentence(N_("No parameter of this layer or of an earlier one is trained.")),),
    )


def _gathered(place: Place) -> Iterator[Step]:
    """dL/dy of an output that residual connections use as well: the sum of what comes back on every path."""
    title = N_("Layer {layer}: gradients of all paths add up")
    for piece in pieces(place.example.convention, place.dy.shape):
        terms: list[Term] = []
        if place.after is not None and place.after.dx is not None:
            name, _meaning = input_gradient(place.after)
            terms.append(piece.term(name, place.after.dx))
        terms += [piece.term(taker.output_gradient, taker.dy) for taker in place.takers]
        meaning = place.output_gradient_meaning
        yield layer_step(
            place,
            "backward",
            piece.part("paths"),
            title,
            piece.name(place.output_gradient),
            plus(*terms),
            piece.array(place.dy),
            meaning=piece.name(meaning) if meaning else "",
            notes=left_out(piece, place.output_gradient, place.dy),
        )


def _safely(made: Callable[[], Iterator[Step]], phase: Phase, layer: int | None) -> Iterator[Step]:
    """The steps of one part; a sentence where making them fails, so that the others are still shown."""
    try:
        yield from made()
    except Exception as fault:  # an error in one part must not cost the other parts
        log.exception("a part of a worked step failed")
        yield failed(phase, layer, fault)


def failed(phase: Phase, layer: int | None, fault: Exception) -> Step:
    """The sentence in place of what could not be explained."""
    title = Sentence(N_("Layer {layer}"), {"layer": layer}) if layer is not None else Sentence(N_("This part"))
    reason = Sentence(N_("This part could not be worked out."))
    return Step(f"{phase}.{layer}.failed", phase, layer, title, notes=(reason,), fault=repr(fault))
