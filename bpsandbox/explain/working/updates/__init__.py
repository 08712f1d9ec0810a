"""From the gradient to the new parameters: penalties, clipping, the learning rate, and the optimiser's rule.

One module a family of optimisers; each has `steps(tensor)`, the equations of one parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from bpsandbox.core.optim import optimizers
from bpsandbox.core.optim.optimizers import LBFGS
from bpsandbox.explain.working.example import Example, Place
from bpsandbox.explain.working.step import Phase, Step

from . import adagrad, adam, adamax, gradient, lbfgs, lion, nadam, rates, rmsprop, sgd
from .tensor import Tensor

Safely = Callable[[Callable[[], Iterator[Step]], Phase, int | None], Iterator[Step]]
Rule = Callable[[Tensor], Iterator[Step]]

KINDS: dict[type[optimizers.Optimizer], Rule] = {
    optimizers.SGD: sgd.steps,
    optimizers.Adam: adam.steps,
    optimizers.AdamW: adam.steps,
    optimizers.NAdam: nadam.steps,
    optimizers.Adamax: adamax.steps,
    optimizers.RMSprop: rmsprop.steps,
    optimizers.Adagrad: adagrad.adagrad,
    optimizers.Adadelta: adagrad.adadelta,
    optimizers.Lion: lion.steps,
}


def walk(example: Example, safely: Safely) -> Iterator[Step]:
    """Yield the steps from the gradient to the new parameters, in the engine's order."""
    places = [place for place in example.places if place.slots]
    for place in places:
        yield from safely(partial(gradient.penalised, place), "update", place.number)
    yield from safely(partial(gradient.clipped, example), "update", None)
    yield from safely(partial(rates.steps, example), "update", None)
    if isinstance(example.capture.optimizer_after, LBFGS):
        yield from safely(partial(lbfgs.steps, example), "update", None)
        return
    if isinstance(example.capture.optimizer_after, optimizers.NAdam):
        yield from safely(partial(nadam.shared, example), "update", None)
    for place in places:
        yield from safely(partial(_updated, place), "update", place.number)


def _updated(place: Place) -> Iterator[Step]:
    rule = KINDS[type(place.example.capture.optimizer_after)]
    for slot in place.slots:
        if not gradient.is_frozen(place.example, slot):
            yield from rule(Tensor(place, slot))
