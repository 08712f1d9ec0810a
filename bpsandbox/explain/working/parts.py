"""Steps that every layer has: an equation of the layer, its parameters' gradients, and dL/dx."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bpsandbox.messages import N_

from .algebra import Array, Term, named, plus
from .example import Place, others, partial, share_of
from .pieces import Piece, left_out, parted, pieces, subscripted
from .step import ROUNDING, Phase, Sentence, Step, Value, agrees, equation, is_rounding

Gradients = Callable[[Place, Sequence[int], Array, Array], dict[str, Array]]
EACH = 4
"""In a batch of up to so many examples, the gradient of each is shown in the sum."""

SEEN = 2e-5
"""Rounding of a larger share of a number can show in its printed digits."""

PARAMETERS = {
    "weight": N_("weights"),
    "bias": N_("bias"),
    "weight_ih": N_("input weights"),
    "weight_hh": N_("recurrent weights"),
    "bias_ih": N_("bias"),
}
SCALE_AND_SHIFT = {
    "weight": N_("scale"),
    "bias": N_("shift"),
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
    size: float = 0.0,
    shown: Array | None = None,
    **values: Value,
) -> Step:
    """A step `name = term` of a layer. `title` may use {layer}; `part` ends the step's id; `size` is as in equation."""
    made = equation(name, term, stored, meaning=meaning, dtype=place.example.dtype, size=size, shown=shown)
    made["notes"] = (*made["notes"], *notes)
    title_of = Sentence(title, {"layer": place.number, **values})
    return Step(f"{phase}.{place.number}.{part}", phase, place.number, title_of, **made)


def becoming(step: Step) -> Step:
    """The step of a quantity that gets a new value: name ← term."""
    return replace(step, formula=step.formula.replace(" = ", r" \leftarrow ", 1))


def input_gradient_step(
    place: Place,
    term: Term,
    stored: Array,
    *,
    part: str = "input",
    title: str = "",
    piece: Piece | None = None,
    notes: Sequence[Sentence] = (),
) -> Step:
    """dL/dx of a layer, which is dL/dy of the one before it, or its part that comes by way of this layer.

    Of `piece` alone, where dL/dx is printed in pieces.
    """
    name, meaning = input_gradient(place)
    index = piece.index if piece else ()
    return layer_step(
        place,
        "backward",
        parted(part, index),
        title or N_("Back through layer {layer}"),
        subscripted(name, index),
        term,
        stored,
        meaning=subscripted(meaning, index) if meaning else "",
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


def input_pieces(place: Place) -> Iterator[tuple[Piece, Array, tuple[Sentence, ...]]]:
    """The parts of dL/dx that are shown, each with its stored numbers, and notes on what is not shown."""
    if place.dx is None:
        return
    for piece in pieces(place.example.convention, place.dx.shape):
        yield piece, piece.array(place.dx), left_out(piece, input_gradient(place)[0], place.dx)


def output_pieces(place: Place) -> Iterator[tuple[Piece, Array, tuple[Sentence, ...]]]:
    """The parts of y that are shown, likewise."""
    for piece in pieces(place.example.convention, place.y.shape):
        yield piece, piece.array(place.y), left_out(piece, place.output, place.y)


@dataclass(frozen=True)
class Own:
    """An example's gradient of a parameter, or of the part of it that `index` chooses by the first axes."""

    parameter: str
    symbol: str
    """The parameter's name, without the index."""
    term: Term
    """Laid out as `Example.vector` does, or as the tensor is."""
    index: tuple[int, ...] = ()
    notes: tuple[Sentence, ...] = ()
    is_turned: bool = False
    """Are the tensor's rows printed as columns?"""

    @property
    def name(self) -> str:
        return subscripted(self.symbol, self.index)

    @property
    def part(self) -> str:
        return parted(self.parameter, self.index)

    def laid_out(self, tensor: Array) -> Array:
        """This part of a tensor in the shape that the equation has: a vector lies as a column or a row."""
        part = np.asarray(tensor[self.index], dtype=np.float64)
        return (part.T if self.is_turned else part).reshape(self.term.value.shape)


def gradient_steps(place: Place, terms: Mapping[str, tuple[str, Term]], gradients: Gradients) -> Iterator[Step]:
    """The gradient of every parameter: the example's own, then the sum over the batch, which is what is applied.

    `terms` maps each parameter to its symbol and to the example's gradient; `gradients` computes the same over any rows
    of the batch.
    """
    owns = [Own(parameter, symbol, term) for parameter, (symbol, term) in terms.items()]
    yield from own_and_summed(place, owns, gradients)


def own_and_summed(place: Place, owns: Sequence[Own], gradients: Gradients) -> Iterator[Step]:
    """The example's own gradients, each with its sum over the batch."""
    summands = [] if place.example.is_whole_batch else list(_summands(place, gradients))
    for own in owns:
        yield _own_gradient(place, own)
        if not place.example.is_whole_batch:
            yield _sum_over_batch(place, own, summands)


def _own_gradient(place: Place, own: Own) -> Step:
    stored = own.laid_out(place.loss_gradient(own.parameter)) if place.example.is_whole_batch else None
    return layer_step(
        place,
        "backward",
        own.part,
        N_("Layer {layer}: gradient of the {parameter}"),
        share_of(place, own.name, place.example.capture.sample),
        own.term,
        stored,
        notes=(*_by_way_of(place), *own.notes),
        parameter=word_of(place, own.parameter),
    )


def word_of(place: Place, parameter: str) -> str:
    """What readers call a parameter."""
    words = SCALE_AND_SHIFT if place.layer.is_scale else PARAMETERS
    return words.get(parameter, parameter)


def _by_way_of(place: Place) -> Iterator[Sentence]:
    """Say what the share of an example is where a later layer normalises over the batch."""
    if not place.example.is_whole_batch and place.is_before_batch_norm:
        yield Sentence(
            N_("A later layer normalises over the batch: this is the part that comes from example {sample}."),
            {"sample": place.example.capture.sample},
        )


Summand = tuple[Callable[[str], str], dict[str, Array] | None]
"""How a part of the sum over the batch is named for a parameter, and its gradients; None for the example's own."""


def _summands(place: Place, gradients: Gradients) -> Iterator[Summand]:
    """The parts of the sum over the batch: each example's where they are few, else the example's and all others'."""
    capture = place.example.capture
    xs, dys = capture.whole.inputs[place.index], capture.whole.gradients[place.index + 1]
    if dys is None:
        raise LookupError(f"no gradient is computed for the output of layer {place.number}")
    if place.example.count <= EACH:
        for row, sample in enumerate(capture.batch):
            yield partial_of(place, sample), gradients(place, [row], xs, dys)
        return
    condition = ""
    if capture.is_in_batch:
        yield partial_of(place, capture.sample), None
        condition = rf" \ne {capture.sample}"
    rest = gradients(place, others(capture), xs, dys)
    yield lambda name: rf"\sum_{{n{condition}}} {share_of(place, name, 'n')}", rest


def partial_of(place: Place, sample: int) -> Callable[[str], str]:
    return lambda name: share_of(place, name, sample)


def _sum_over_batch(place: Place, own: Own, summands: Sequence[Summand]) -> Step:
    """dL/dW = sum over the batch of dL_n/dW. Where the sum cancels, its rounding is written as 0.

    Where the rounding of the run's own sum shows in print, it is one more part, ρ.
    """
    values = {
        name_of(own.name): own.term.value if found is None else own.laid_out(found[own.parameter])
        for name_of, found in summands
    }
    stored, dtype = own.laid_out(place.loss_gradient(own.parameter)), place.example.dtype
    size = float(np.max(np.abs(np.asarray(place.example.capture.whole.gradients[place.index + 1]))))
    cancels = is_rounding(list(values.values()), stored, dtype, size)
    quiet = {name: np.where(cancels & (abs(part) < ROUNDING[dtype] * size), 0.0, part) for name, part in values.items()}
    gives, sizes = (np.sum([f(part) for part in quiet.values()], axis=0) for f in (np.asarray, np.abs))
    is_nothing = cancels & (np.abs(gives) <= ROUNDING["float64"] * sizes)
    shown = np.where(is_nothing, 0.0, stored)
    notes = [Sentence(N_("Where a sum cancels up to rounding, it is written as 0."))] if is_nothing.any() else []
    term = _sum(quiet)
    is_seen = ~is_nothing & (np.abs(stored - gives) > SEEN * np.abs(stored))
    if is_seen.any() and agrees(term, stored, dtype, size):
        term = plus(term, named(r"\rho", np.where(is_seen, stored - gives, 0.0)))
        notes.append(Sentence(N_("ρ is the rounding of the run's own arithmetic, which adds in a different order.")))
    return layer_step(
        place,
        "backward",
        f"{own.part}.batch",
        N_("Layer {layer}: gradient of the {parameter}, summed over the batch"),
        partial(own.name),
        term,
        stored,
        notes=notes,
        size=size,
        shown=shown,
        parameter=word_of(place, own.parameter),
    )


def _sum(values: Mapping[str, Array]) -> Term:
    return plus(*(named(name, value) for name, value in values.items()))
