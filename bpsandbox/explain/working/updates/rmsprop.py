"""RMSprop: the gradient divided by the root of its mean square, or by its standard deviation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpsandbox.explain.working.algebra import Term, fraction, hadamard, minus, named, plus, times
from bpsandbox.explain.working.step import Step
from bpsandbox.messages import N_

from .adam import FIRST, SECOND
from .tensor import ONE, Tensor, mean_of, rooted, squared


def steps(tensor: Tensor) -> Iterator[Step]:
    """v = α v + (1 - α) g², w = w - η g / (√v + ε)"""
    rule, alpha = tensor.optimizer, named(r"\alpha", tensor.optimizer.alpha)
    yield from tensor.decay_steps()
    yield tensor.squares_step("v", "v", SECOND, mean_of(tensor.was("v", "v"), alpha, squared(tensor.g)))
    variance = tensor.now("v", "v")
    if rule.centered:
        yield tensor.memory_step("mean", "m", FIRST, mean_of(tensor.was("mean", "m"), alpha, tensor.g))
        variance, step = _variance(tensor)
        yield step
    size = rooted(variance, tensor.epsilon, is_inside=rule.eps_is_inside)
    if rule.momentum:
        yield from _with_momentum(tensor, size)
    else:
        yield tensor.new(minus(tensor.kept, hadamard(fraction(tensor.eta, size), tensor.g)))


def _variance(tensor: Tensor) -> tuple[Term, Step]:
    """s² = v - m², computed in the numbers of the run: a difference of nearly equal ones."""
    title = N_("Layer {layer}: variance of the gradients of the {parameter}")
    name = f"{tensor.own('s')}^2"
    term = minus(tensor.now("v", "v"), squared(tensor.now("mean", "m")))
    mean = tensor.optimizer.mean[0]
    stored = tensor.matrix(tensor.optimizer.v[0] - np.multiply(mean, mean))
    return named(name, stored), tensor.step("variance", title, name, term, stored)


def _with_momentum(tensor: Tensor, size: Term) -> Iterator[Step]:
    """u = μ u + g / (√v + ε), w = w - η u; or with the learning rate inside, u = μ u + η g / (√v + ε), w = w - u."""
    rule, mu = tensor.optimizer, named(r"\mu", tensor.optimizer.momentum)
    gained = hadamard(fraction(tensor.eta if rule.sums_updates else ONE, size), tensor.g)
    title = N_("Layer {layer}: velocity of the {parameter}")
    yield tensor.memory_step("velocity", "u", title, plus(times(mu, tensor.was("velocity", "u")), gained))
    velocity = tensor.now("velocity", "u")
    yield tensor.new(minus(tensor.kept, velocity if rule.sums_updates else times(tensor.eta, velocity)))
