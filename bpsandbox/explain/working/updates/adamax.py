"""Adamax: Adam with the largest gradient of late in place of the root of mean squares."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.explain.working.algebra import absolute, fraction, maximum, minus, plus, times
from bpsandbox.explain.working.step import Step
from bpsandbox.messages import N_

from .adam import FIRST, betas, corrected_first
from .tensor import Tensor, mean_of


def steps(tensor: Tensor) -> Iterator[Step]:
    """u = max(β2 u, |g| + ε), w = w - η m̂ / u; with ε outside u = max(β2 u, |g|), w = w - η m̂ / (u + ε)."""
    rule, (b1, b2) = tensor.optimizer, betas(tensor)
    yield from tensor.decay_steps()
    yield tensor.memory_step("m", "m", FIRST, mean_of(tensor.was("m", "m"), b1, tensor.g))
    size = absolute(tensor.g)
    if rule.inside:
        size = plus(size, tensor.epsilon)
    title = N_("Layer {layer}: decayed maximum of the gradient of the {parameter}")
    yield tensor.memory_step("u", "u", title, maximum(times(b2, tensor.was("u", "u")), size))
    m, first = corrected_first(tensor)
    yield first
    u = tensor.now("u", "u")
    move = fraction(m, plus(u, tensor.epsilon) if rule.outside else u)
    yield tensor.new(minus(tensor.kept, times(tensor.eta, move)))
