"""From the gradient to the new parameters: penalties, clipping, and the optimiser's rule with its state."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bpsandbox.core.optim.optimizers import SGD
from bpsandbox.explain.working.algebra import minus, named, times
from bpsandbox.explain.working.example import Example, Place, partial
from bpsandbox.explain.working.step import Phase, Sentence, Step, equation
from bpsandbox.messages import N_

Safely = Callable[[Callable[[], Iterator[Step]], Phase, int | None], Iterator[Step]]


def walk(example: Example, safely: Safely) -> Iterator[Step]:
    """Yield the steps from the gradient to the new parameters, layer by layer."""
    for place in example.places:
        if place.slots:
            yield from safely(lambda place=place: _updated(place), "update", place.number)


def _updated(place: Place) -> Iterator[Step]:
    capture = place.example.capture
    if not isinstance(capture.optimizer_after, SGD):
        raise NotImplementedError(capture.optimizer_after.name)
    for slot in place.slots:
        symbol = place.symbol("W" if slot.parameter == "weight" else "b")
        at = slice(slot.start, slot.stop)
        shape = slot.shape if len(slot.shape) == 2 else (slot.stop - slot.start, 1)
        before, gradient, after = (flat[at].reshape(shape) for flat in (capture.before, capture.clipped, capture.after))
        rate = named(r"\eta", capture.rates[slot.start])
        term = minus(named(symbol, before), times(rate, named(partial(symbol), gradient)))
        title = Sentence(N_("Layer {layer}: new {parameter}"), {"layer": place.number, "parameter": slot.parameter})
        made = equation(symbol, term, after, dtype=place.example.dtype)
        made["formula"] = made["formula"].replace(f"{symbol} =", rf"{symbol} \leftarrow", 1)
        yield Step(f"update.{place.number}.{slot.parameter}", "update", place.number, title, **made)
