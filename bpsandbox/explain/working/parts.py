"""Steps that every layer has: an equation of the layer, its parameters' gradients, and dL/dx."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from bpsandbox.messages import N_

from .algebra import Array, Term, named, plus
from .example import Place, others, partial
from .step import Phase, Sentence, Step, Value, equation

Gradients = Callable[[Place, Sequence[int], Array, Array], dict[str, Array]]
EACH = 4
"""In a batch of up to so many examples, the gradient of each is shown in the sum."""

PARAMETERS = {
    "weight": N_("weights"),
    "bias": N_("bias"),
    "weight_ih": N_("input weights"),
    "weight_hh": N_("recurrent weights"),
    "bias_ih": N_("bias"),
}


def layer_step(
    place: Place,
    phase: Phase,
    part: str,
    title: str,
    name: str,
    term: Term,
    stored: Array | float | None,
    *,
    meaning: str = "",
    notes: Sequence[Sentence] = (),
    **values: Value,
) -> Step:
    """A step `name = term` of a layer. `title` may use {layer}; `part` completes the step's id."""
    made = equation(name, term, stored, meaning=meaning, dtype=place.example.dtype)
    made["notes"] = (*made["notes"], *notes)
    title_of = Sentence(title, {"layer": place.number, **values})
    return Step(f"{phase}.{place.number}.{part}", phase, place.number, title_of, **made)


def input_gradient_step(
    place: Place, term: Term, stored: Array, *, part: str = "input", title: str = "", notes: Sequence[Sentence] = ()
) -> Step:
    """dL/dx of a layer, which is dL/dy of the one before it, or its part that comes by way of this layer."""
    name, meaning = input_gradient(place)
    return layer_step(
        place,
        "backward",
        part,
        title or N_("Back through layer {layer}"),
        name,
        term,
        stored,
        meaning=meaning,
        notes=notes,
    )


def input_gradient(place: Place) -> tuple[str, str]:
    """The name of dL/dx by way of this layer, and what it means where that is another name."""
    before = place.before
    if before is None:
        return partial("x"), ""
    if before.takers:
        return rf"{partial(before.output)}\Big|_{{[{place.number}]}}", ""
    return before.output_gradient, before.output_gradient_meaning


def gradient_steps(place: Place, terms: Mapping[str, tuple[str, Term]], gradients: Gradients) -> Iterator[Step]:
    """The gradient of every parameter: the example's own, then the sum over the batch, which is what is applied.

    `terms` maps each parameter to its symbol and to the example's gradient, laid out as `Example.vector` does or as the
    tensor is; `gradients` computes the same over any rows of the batch.
    """
    for parameter, (symbol, term) in terms.items():
        yield _own_gradient(place, parameter, symbol, term)
        if not place.example.is_whole_batch:
            yield _sum_over_batch(place, parameter, symbol, term, gradients)


def _own_gradient(place: Place, parameter: str, symbol: str, term: Term) -> Step:
    share = place.example.share
    stored = _laid_out(place.loss_gradient(parameter), term) if place.example.is_whole_batch else None
    return layer_step(
        place,
        "backward",
        parameter,
        N_("Layer {layer}: gradient of the {parameter}"),
        partial(symbol, share),
        term,
        stored,
        parameter=PARAMETERS.get(parameter, parameter),
    )


def _sum_over_batch(place: Place, parameter: str, symbol: str, own: Term, gradients: Gradients) -> Step:
    """dL/dW = sum over the batch of dL_n/dW; each example's where they are few, else the example's and all others'."""
    capture = place.example.capture
    xs, dys = capture.whole.inputs[place.index], capture.whole.gradients[place.index + 1]
    if dys is None:
        raise LookupError(parameter)

    def part(rows: Sequence[int], name: str) -> Term:
        return named(name, _laid_out(gradients(place, rows, xs, dys)[parameter], own))

    def of(row: int) -> str:
        return partial(symbol, f"L_{{{capture.batch[row]}}}")

    rest = others(capture)
    if place.example.count <= EACH:
        terms = [part([row], of(row)) for row in range(place.example.count)]
    elif capture.is_in_batch:
        mine = Term(of(capture.place), named("", own.value).numbers, own.value, operands=own.operands)
        terms = [mine, part(rest, rf"\sum_{{n \ne {capture.sample}}} {partial(symbol, 'L_n')}")]
    else:
        terms = [part(rest, rf"\sum_{{n}} {partial(symbol, 'L_n')}")]
    return layer_step(
        place,
        "backward",
        f"{parameter}.batch",
        N_("Layer {layer}: gradient of the {parameter}, summed over the batch"),
        partial(symbol),
        plus(*terms),
        _laid_out(place.loss_gradient(parameter), own),
        parameter=PARAMETERS.get(parameter, parameter),
    )


def _laid_out(tensor: Array, like: Term) -> Array:
    """A tensor in the shape that the equation has: a vector lies as a column or a row."""
    return np.asarray(tensor, dtype=np.float64).reshape(like.value.shape)
