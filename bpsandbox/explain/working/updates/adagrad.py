"""Adagrad, which sums up squared gradients, and Adadelta, which compares their mean with that of squared moves."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.explain.working.algebra import constant, fraction, hadamard, minus, named, plus, times
from bpsandbox.explain.working.step import Step
from bpsandbox.messages import N_

from .adam import SECOND
from .tensor import ONE, Tensor, mean_of, rooted, squared


def adagrad(tensor: Tensor) -> Iterator[Step]:
    """v = v + g², w = w - η / (1 + (t - 1) κ) g / (√v + ε)"""
    rule, eta = tensor.optimizer, tensor.eta
    yield from tensor.decay_steps()
    title = N_("Layer {layer}: sum of the squared gradients of the {parameter}")
    yield tensor.squares_step("v", "v", title, plus(tensor.was("v", "v"), squared(tensor.g)))
    if rule.lr_decay:
        slower = plus(ONE, times(minus(tensor.t, constant(1)), named(r"\kappa", rule.lr_decay)))
        slowed, name = fraction(eta, slower), tensor.own(r"\eta", "t")
        yield tensor.step("rate", N_("Layer {layer}: decayed learning rate of the {parameter}"), name, slowed)
        eta = named(name, slowed.value)
    size = rooted(tensor.now("v", "v"), tensor.epsilon, is_inside=rule.eps_is_inside)
    yield tensor.new(minus(tensor.kept, hadamard(fraction(eta, size), tensor.g)))


def adadelta(tensor: Tensor) -> Iterator[Step]:
    """d = √(u + ε) / √(v + ε) g, w = w - η d; v and u are running means of g² and d²."""
    rho = named(r"\rho", tensor.optimizer.rho)
    yield from tensor.decay_steps()
    yield tensor.squares_step("v", "v", SECOND, mean_of(tensor.was("v", "v"), rho, squared(tensor.g)))
    above = rooted(tensor.was("u", "u"), tensor.epsilon, is_inside=True)
    below = rooted(tensor.now("v", "v"), tensor.epsilon, is_inside=True)
    move, d = hadamard(fraction(above, below), tensor.g), tensor.own("d")
    yield tensor.step("move", N_("Layer {layer}: update of the {parameter}"), d, move)
    moved = named(d, move.value)
    title = N_("Layer {layer}: running mean of the squared update of the {parameter}")
    yield tensor.memory_step("u", "u", title, mean_of(tensor.was("u", "u"), rho, squared(moved)))
    yield tensor.new(minus(tensor.kept, times(tensor.eta, moved)))
