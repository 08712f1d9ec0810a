"""Activations that pass positive values on and damp negative ones."""

from __future__ import annotations

from collections.abc import Callable

from bpsandbox.core.nn import activations as of
from bpsandbox.core.nn.layers import Layer
from bpsandbox.explain.working.algebra import Term, function, hadamard, maximum, minimum, minus, named, plus, times

from .rule import ONE, ZERO, Rule, exp, where


def _relu(layer: of.ReLU) -> Rule:
    """a = max(z, 0)"""
    return Rule(
        lambda z, _: function(r"\mathrm{ReLU}", lambda values: values.clip(min=0.0), z),
        lambda z, a, _: where(">", 0, z),
    )


def _leaky_relu(layer: of.LeakyReLU) -> Rule:
    """a = max(z, 0) + α min(z, 0)"""
    alpha = named(r"\alpha", layer.negative_slope)
    return Rule(
        lambda z, _: plus(maximum(z, ZERO), times(alpha, minimum(z, ZERO))),
        lambda z, a, _: plus(where(">", 0, z), times(alpha, where(r"\le ", 0, z))),
    )


def _elu(layer: of.ELU) -> Rule:
    """a = max(z, 0) + α (exp(min(z, 0)) - 1), for SELU times λ.

    Clevert, Unterthiner, Hochreiter, 2015; Klambauer, Unterthiner, Mayr, Hochreiter, 2017.
    """
    alpha, scale = named(r"\alpha", layer.alpha), named(r"\lambda", layer.scale)

    def scaled(term: Term) -> Term:
        return times(scale, term) if isinstance(layer, of.SELU) else term

    def value(z: Term, _: Term) -> Term:
        return scaled(plus(maximum(z, ZERO), times(alpha, minus(exp(minimum(z, ZERO)), ONE))))

    def slope(z: Term, _a: Term, _: Term) -> Term:
        below = hadamard(times(alpha, exp(minimum(z, ZERO))), where(r"\le ", 0, z))
        return scaled(plus(where(">", 0, z), below))

    return Rule(value, slope)


RULES: dict[type[Layer], Callable[..., Rule]] = {
    of.Identity: lambda layer: Rule(lambda z, _: z, lambda z, a, _: ONE),
    of.ReLU: _relu,
    of.LeakyReLU: _leaky_relu,
    of.ELU: _elu,
    of.SELU: _elu,
}
