"""Smooth relatives of ReLU."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bpsandbox.core.nn import activations as of
from bpsandbox.core.nn.layers import Layer
from bpsandbox.explain.working.algebra import (
    PI,
    Term,
    constant,
    fraction,
    function,
    hadamard,
    logarithm,
    minimum,
    minus,
    named,
    negative,
    plus,
    power,
    root,
    times,
)

from .rule import ONE, Rule, exp, sigma, softplus, tanh, where


def _silu(layer: of.SiLU) -> Rule:
    """a = z ⊙ s, s = σ(z); f′ = s (1 + z (1 - s))"""
    return Rule(
        lambda z, s: hadamard(z, s),
        lambda z, a, s: hadamard(s, plus(ONE, hadamard(z, minus(ONE, s)))),
        "s",
        sigma,
    )


def _softplus(layer: of.Softplus) -> Rule:
    """a = log(1 + exp(β z)) / β; a = z where β z > τ. f′ = σ(β z), or 1."""
    beta, tau = named(r"\beta", layer.beta), constant(layer.threshold)

    def stretched(z: Term) -> Term:
        return z if layer.beta == 1.0 else times(beta, z)

    def bent(z: Term) -> Term:
        smooth = logarithm(plus(ONE, exp(minimum(stretched(z), tau))))
        return smooth if layer.beta == 1.0 else fraction(smooth, beta)

    def value(z: Term, _: Term) -> Term:
        below, above = (where(relation, layer.threshold, stretched(z)) for relation in (r"\le ", ">"))
        return plus(hadamard(below, bent(z)), hadamard(above, z))

    def slope(z: Term, _a: Term, _: Term) -> Term:
        below, above = (where(relation, layer.threshold, stretched(z)) for relation in (r"\le ", ">"))
        return plus(hadamard(below, sigma(stretched(z))), above)

    return Rule(value, slope)


def _mish(layer: of.Mish) -> Rule:
    """a = z ⊙ t, t = tanh(softplus(z)); f′ = t + z (1 - t²) σ(z). Misra, 2019."""
    return Rule(
        lambda z, t: hadamard(z, t),
        lambda z, a, t: plus(t, hadamard(hadamard(z, minus(ONE, power(t, 2))), sigma(z))),
        "t",
        lambda z: tanh(softplus(z)),
    )


def _gelu(layer: of.GELU) -> Rule:
    """a = z ⊙ P, P = (1 + erf(z / √2)) / 2; f′ = P + z exp(-z² / 2) / √(2π). Hendrycks, Gimpel, 2016."""
    two = constant(2)

    def distribution(z: Term) -> Term:
        erf = function(r"\mathrm{erf}", np.vectorize(math.erf, otypes=[float]), fraction(z, root(two)))
        return times(fraction(ONE, two), plus(ONE, erf))

    def density(z: Term) -> Term:
        return fraction(exp(negative(fraction(power(z, 2), two))), root(times(two, PI)))

    return Rule(lambda z, p: hadamard(z, p), lambda z, a, p: plus(p, hadamard(z, density(z))), "P", distribution)


def _tanh_gelu(layer: of.TanhGELU) -> Rule:
    """a = z (1 + t) / 2, t = tanh(k (z + c z³)), k = √(2 / π), c = 0.044715

    f′ = (1 + t + (1 - t²) k (z + 3 c z³)) / 2
    """
    half, c = fraction(ONE, constant(2)), constant(0.044715, "0.044715")
    k = root(fraction(constant(2), PI))

    def slope(z: Term, _a: Term, t: Term) -> Term:
        inside = times(k, plus(z, times(constant(3 * 0.044715, "0.134145"), power(z, 3))))
        return times(half, plus(ONE, t, hadamard(minus(ONE, power(t, 2)), inside)))

    return Rule(
        lambda z, t: hadamard(times(half, z), plus(ONE, t)),
        slope,
        "t",
        lambda z: tanh(times(k, plus(z, times(c, power(z, 3))))),
    )


RULES: dict[type[Layer], Callable[..., Rule]] = {
    of.SiLU: _silu,
    of.Softplus: _softplus,
    of.Mish: _mish,
    of.GELU: _gelu,
    of.TanhGELU: _tanh_gelu,
}
