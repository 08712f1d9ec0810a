"""The running statistics, with which the network is measured, move towards those of the batch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpsandbox.explain.working.algebra import Array, Term, constant, fraction, minus, named, plus, times
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import becoming, layer_step
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_


def update_buffers(place: Place) -> Iterator[Step]:
    """running ← (1 - m) running + m new, by the real batch of the step."""
    _hat, mean, var, *_rest = place.example.capture.whole.scratch[place.index]
    share = named("m", place.layer.momentum)
    title = N_("Layer {layer}: running mean")
    yield _moved(place, "running_mean", r"\mu", title, mean, share)
    count = place.example.capture.whole.inputs[place.index].size // var.size
    notes = []
    if place.layer.unbiased:
        share = times(share, fraction(constant(count), constant(max(count - 1, 1))))
        notes.append(Sentence(N_("The running variance is divided by N - 1; N = {count}."), {"count": count}))
    title = N_("Layer {layer}: running variance")
    yield _moved(place, "running_var", "v", title, var, share, notes)


def _moved(
    place: Place, state: str, letter: str, title: str, values: Array, share: Term, notes: list[Sentence] | None = None
) -> Step:
    example, capture = place.example, place.example.capture
    new, name = example.vector(place.symbol(letter), values.reshape(-1)), place.symbol(rf"\bar{{{letter}}}")
    old, after = (example.vector(name, _buffer(place, state, flat)) for flat in (capture.before, capture.after))
    kept = minus(constant(1), named("m", place.layer.momentum))
    notes = [*(notes or []), *([] if capture.is_in_batch else [_without_example(new.symbols)])]
    term = plus(times(kept, old), times(share, new))
    return becoming(layer_step(place, "update", state, title, name, term, after.value, notes=notes))


def _without_example(name: str) -> Sentence:
    text = N_("Here {name} is that of the batch of this step, which does not contain the example.")
    return Sentence(text, {"name": rf"\({name}\)"})


def _buffer(place: Place, state: str, flat: Array) -> Array:
    """Return a buffer of the layer from parameters and buffers laid out as one vector."""
    slots = place.example.capture.network.buffers
    slot = next(slot for slot in slots if slot.layer == place.index and slot.parameter == state)
    return slot.view(flat[np.newaxis])[0]
