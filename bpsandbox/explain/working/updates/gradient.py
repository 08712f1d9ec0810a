"""The gradient on its way to the optimiser: penalties, layers that are not trained, and clipping."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpsandbox.core.nn.network import Slot
from bpsandbox.core.optim.clipping import Clipping
from bpsandbox.explain.working.algebra import (
    Array,
    Term,
    clip,
    constant,
    fraction,
    minimum,
    named,
    negative,
    plus,
    root,
    scaled,
    sign,
    times,
)
from bpsandbox.explain.working.example import Example, Place, partial
from bpsandbox.explain.working.losses.objective import is_penalised
from bpsandbox.explain.working.parts import layer_step, word_of
from bpsandbox.explain.working.step import Sentence, Step, Unexplained, equation
from bpsandbox.messages import N_

SMALL = 1e-6
"""What clipping adds to the norm."""
NORM = r"\left\lVert g \right\rVert"


def is_frozen(example: Example, slot: Slot) -> bool:
    trained = example.capture.experiment.trained
    return trained is not None and not trained[slot.start : slot.stop].any()


# penalties


def penalised(place: Place) -> Iterator[Step]:
    """dJ/dw = dL/dw + λ_1 sign(w) + λ_2 w, for the tensors that the penalties count; a word on a layer not trained."""
    if place.slots and all(is_frozen(place.example, slot) for slot in place.slots):
        yield _frozen(place)
        return
    for slot in place.slots:
        if is_penalised(place.example, slot):
            yield _penalised(place, slot)


def _frozen(place: Place) -> Step:
    title = Sentence(N_("Layer {layer} is not trained"), {"layer": place.number})
    note = Sentence(N_("Its gradient is set to 0, and its parameters are unchanged."))
    if _is_lost(place):
        note = Sentence(N_("The step diverged: 0 times infinity is not a number, and nor are these parameters now."))
    return Step(f"update.{place.number}.frozen", "update", place.number, title, notes=(note,))


def _is_lost(place: Place) -> bool:
    """Did the step make NaN of what it should have left alone? Raises Unexplained where it moved to a number."""
    capture = place.example.capture
    for slot in place.slots:
        at = slice(slot.start, slot.stop)
        stays = np.isfinite(capture.after[at])
        if not np.array_equal(capture.before[at][stays], capture.after[at][stays]):
            raise Unexplained(f"{slot.name} is not trained, but it moved")
        if not stays.all():
            return True
    return False


def _penalised(place: Place, slot: Slot) -> Step:
    example, symbol = place.example, place.parameter_symbol(slot.parameter)
    penalty, capture = example.capture.experiment.penalty, example.capture
    assert penalty is not None
    w = named(symbol, place.parameter_matrix(slot, capture.before))
    terms = [named(partial(symbol), place.parameter_matrix(slot, capture.loss_gradient))]
    share = {"N": float(example.count)} if penalty.per_sample else {}
    if penalty.l1:
        terms.append(scaled(sign(w), 1.0, share, named(r"\lambda_1", penalty.l1)))
    if penalty.l2:
        terms.append(scaled(w, 1.0, share, named(r"\lambda_2", penalty.l2)))
    return layer_step(
        place,
        "update",
        f"{slot.parameter}.penalty",
        N_("Layer {layer}: gradient of the {parameter} with the penalty"),
        partial(symbol, "J"),
        plus(*terms),
        place.parameter_matrix(slot, capture.gradient),
        parameter=word_of(place, slot.parameter),
    )


# clipping


def clipped(example: Example) -> Iterator[Step]:
    """Every number within the limit `value`, then the whole gradient no longer than `norm`."""
    clipping = example.capture.experiment.clipping
    if clipping is None:
        return
    trained = [(place, slot) for place in example.places for slot in place.slots if not is_frozen(example, slot)]
    if clipping.value is not None:
        for place, slot in trained:
            yield _cut_off(place, slot, clipping.value)
    if clipping.norm is not None:
        yield from _scale_steps(example, clipping, trained)
        if scale_of(example) < 1.0:
            for place, slot in trained:
                yield _scaled(place, slot)


def _cut_off(place: Place, slot: Slot, limit: float) -> Step:
    c = named("c", limit)
    term = clip(_before_clipping(place, slot), negative(c), c)
    stored = place.parameter_matrix(slot, place.example.capture.clipped) if _norm(place.example) is None else None
    return layer_step(
        place,
        "update",
        f"{slot.parameter}.cut",
        N_("Layer {layer}: gradient of the {parameter}, clipped by value"),
        _after_value(place, slot).symbols,
        term,
        stored,
        parameter=word_of(place, slot.parameter),
    )


def _scale_steps(example: Example, clipping: Clipping, trained: list[tuple[Place, Slot]]) -> Iterator[Step]:
    """The norm over all parameters, and the factor that makes it the limit where it is larger."""
    squares = []
    for place, slot in trained:
        term = _after_value(place, slot)
        size = float(np.sum(term.value**2))
        squares.append(named(rf"\left\lVert {term.symbols} \right\rVert^{{2}}", size))
    whole = root(plus(*squares))
    title = N_("Norm of the gradient of all parameters")
    yield Step("update.norm", "update", None, Sentence(title), **equation(NORM, whole, dtype=example.dtype))
    length = plus(named(NORM, whole.value), constant(SMALL))
    term = minimum(constant(1), fraction(named("c", clipping.norm or 0.0), length))
    made = equation("s", term, dtype=example.dtype)
    if scale_of(example) >= 1.0:
        made["notes"] = (*made["notes"], Sentence(N_("The norm is within the limit: the gradient is unchanged.")))
    yield Step("update.scale", "update", None, Sentence(N_("Scale of the clipped gradient")), **made)


def _scaled(place: Place, slot: Slot) -> Step:
    term = times(named("s", scale_of(place.example)), _after_value(place, slot))
    return layer_step(
        place,
        "update",
        f"{slot.parameter}.clipped",
        N_("Layer {layer}: gradient of the {parameter}, clipped by norm"),
        gradient_of(place, slot).symbols,
        term,
        place.parameter_matrix(slot, place.example.capture.clipped),
        parameter=word_of(place, slot.parameter),
    )


def scale_of(example: Example) -> float:
    """The factor by which the gradient was scaled."""
    norm, size = _norm(example), example.capture.network.size
    if norm is None:
        return 1.0
    g = _limited(example, np.asarray(example.capture.gradient[:size], dtype=np.float64))
    return min(1.0, norm / (float(np.sqrt(np.sum(g * g))) + SMALL))


def _norm(example: Example) -> float | None:
    clipping = example.capture.experiment.clipping
    return None if clipping is None else clipping.norm


def _limited(example: Example, g: Array) -> Array:
    clipping = example.capture.experiment.clipping
    return g if clipping is None or clipping.value is None else np.clip(g, -clipping.value, clipping.value)


# the same gradient, by its names


def _before_clipping(place: Place, slot: Slot) -> Term:
    """dL/dw, or dJ/dw where a penalty counts this tensor."""
    symbol = place.parameter_symbol(slot.parameter)
    name = partial(symbol, "J") if is_penalised(place.example, slot) else partial(symbol)
    return named(name, place.parameter_matrix(slot, place.example.capture.gradient))


def _after_value(place: Place, slot: Slot) -> Term:
    term, clipping = _before_clipping(place, slot), place.example.capture.experiment.clipping
    if clipping is None or clipping.value is None:
        return term
    name = rf"\bar{{g}}_{{{place.parameter_symbol(slot.parameter)}}}"
    return named(name, _limited(place.example, term.value))


def gradient_of(place: Place, slot: Slot) -> Term:
    """The gradient as the optimiser receives it: dL/dw, or its name after penalties or clipping."""
    term = _after_value(place, slot)
    name = term.symbols
    if _norm(place.example) is not None and scale_of(place.example) < 1.0:
        name = rf"\tilde{{g}}_{{{place.parameter_symbol(slot.parameter)}}}"
    return named(name, place.parameter_matrix(slot, place.example.capture.clipped))
