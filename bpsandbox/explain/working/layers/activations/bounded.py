"""Activations whose values stay between two bounds; softmax, which acts on rows, is a module of its own."""

from __future__ import annotations

from collections.abc import Callable

from bpsandbox.core.nn import activations as of
from bpsandbox.core.nn.layers import Layer
from bpsandbox.explain.working.algebra import (
    absolute,
    constant,
    fraction,
    hadamard,
    maximum,
    minimum,
    minus,
    plus,
    power,
)

from .rule import ONE, Rule, sigma, tanh, where


def _sigmoid(layer: of.Sigmoid) -> Rule:
    """a = σ(z); f′ = a (1 - a)"""
    return Rule(lambda z, _: sigma(z), lambda z, a, _: hadamard(a, minus(ONE, a)))


def _tanh(layer: of.Tanh) -> Rule:
    """a = tanh(z); f′ = 1 - a²"""
    return Rule(lambda z, _: tanh(z), lambda z, a, _: minus(ONE, power(a, 2)))


def _softsign(layer: of.Softsign) -> Rule:
    """a = z / (1 + |z|); f′ = 1 / (1 + |z|)²"""
    return Rule(
        lambda z, _: fraction(z, plus(ONE, absolute(z))),
        lambda z, a, _: fraction(ONE, power(plus(ONE, absolute(z)), 2)),
    )


def _hardtanh(layer: of.Hardtanh) -> Rule:
    """a = min(max(z, lower), upper); f′ = 1 between them, else 0."""
    lower, upper = layer.min_val, layer.max_val
    return Rule(
        lambda z, _: minimum(maximum(z, constant(lower)), constant(upper)),
        lambda z, a, _: hadamard(where(">", lower, z), where("<", upper, z)),
    )


def _step(layer: of.Step) -> Rule:
    """a = 1 where z > 0, else 0; its slope is taken to be 1, so that the gradient passes straight through."""
    return Rule(lambda z, _: where(">", 0, z), lambda z, a, _: ONE)


RULES: dict[type[Layer], Callable[..., Rule]] = {
    of.Sigmoid: _sigmoid,
    of.Tanh: _tanh,
    of.Softsign: _softsign,
    of.Hardtanh: _hardtanh,
    of.Step: _step,
}
