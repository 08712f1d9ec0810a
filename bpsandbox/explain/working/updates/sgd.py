"""Stochastic gradient descent, with its velocity in either form."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.explain.working.algebra import minus, named, plus, times
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_

from .tensor import ONE, Tensor

VELOCITY = N_("Layer {layer}: velocity of the {parameter}")


def steps(tensor: Tensor) -> Iterator[Step]:
    rule = tensor.optimizer
    yield from tensor.decay_steps()
    if not rule.momentum:
        yield tensor.new(minus(tensor.kept, times(tensor.eta, tensor.g)))
    elif rule.sums_updates:
        yield from _with_updates(tensor)
    else:
        yield from _with_gradients(tensor)


def _with_gradients(tensor: Tensor) -> Iterator[Step]:
    """v = μ v + (1 - d) g, w = w - η v; Nesterov moves along g + μ v. The first step does without dampening."""
    rule, mu = tensor.optimizer, named(r"\mu", tensor.optimizer.momentum)
    gained = tensor.g
    notes: tuple[Sentence, ...] = ()
    if rule.dampening and rule.t > 1:
        gained = times(minus(ONE, named("d", rule.dampening)), tensor.g)
    elif rule.dampening:
        notes = (Sentence(N_("Dampening is not used in the first step.")),)
    yield tensor.memory_step("v", "v", VELOCITY, plus(times(mu, tensor.was("v", "v")), gained), notes)
    velocity = tensor.now("v", "v")
    direction = plus(tensor.g, times(mu, velocity)) if rule.nesterov else velocity
    yield tensor.new(minus(tensor.kept, times(tensor.eta, direction)))


def _with_updates(tensor: Tensor) -> Iterator[Step]:
    """v = μ v - η g, w = w + v; Nesterov: w = w + μ v - η g."""
    mu, move = named(r"\mu", tensor.optimizer.momentum), times(tensor.eta, tensor.g)
    yield tensor.memory_step("v", "v", VELOCITY, minus(times(mu, tensor.was("v", "v")), move))
    velocity = tensor.now("v", "v")
    if tensor.optimizer.nesterov:
        yield tensor.new(minus(plus(tensor.kept, times(mu, velocity)), move))
    else:
        yield tensor.new(plus(tensor.kept, velocity))
