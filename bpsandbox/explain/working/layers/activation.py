r"""Activations: a = f(z), element by element; dL/dz = dL/da ⊙ f′(z).

Beside \exp, \log, \tanh, \sigma, \max and \min, `\mathrm{erf}` is the error function, `\mathrm{softplus}\left(z\right)`
is log(1 + exp(z)), and `\mathbf{1}_{> 0}\left(z\right)` is 1 where z > 0, else 0, likewise with ≤ (\le), < and other
numbers. `\max\left(z\right)` of one matrix is its greatest number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bpsandbox.core.nn import activations as of
from bpsandbox.core.nn.layers import Layer
from bpsandbox.explain.numbers import number
from bpsandbox.explain.working.algebra import (
    Array,
    Term,
    absolute,
    constant,
    fraction,
    function,
    hadamard,
    minus,
    named,
    plus,
    power,
    root,
    times,
)
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import input_gradient_step, input_pieces, layer_step, output_pieces
from bpsandbox.explain.working.pieces import Piece
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_

ONE, ZERO = constant(1), constant(0)


def sigmoid(z: Array) -> Array:
    return 0.5 * (1.0 + np.tanh(0.5 * z))


@dataclass(frozen=True)
class Rule:
    """One activation, for `layer`'s options.

    `value(z, inner)` is a, `slope(z, a, inner)` is f′(z). `inner(z)` is a quantity that both use, which is shown as a
    step of its own, named by `letter`.
    """

    value: Callable[[Term, Term], Term]
    slope: Callable[[Term, Term, Term], Term]
    letter: str = ""
    inner: Callable[[Term], Term] | None = None


def where(relation: str, bound: float, term: Term) -> Term:
    r"""\mathbf{1}_{> b}(z): 1 where z > b, else 0."""
    compare = {">": np.greater, r"\le": np.less_equal, "<": np.less}[relation]
    name = rf"\mathbf{{1}}_{{{relation} {number(bound)}}}"
    return function(name, lambda values: compare(values, bound).astype(float), term)


def exp(term: Term) -> Term:
    return function(r"\exp", np.exp, term)


def greater_of(term: Term, bound: Term) -> Term:
    return function(r"\max", np.maximum, term, bound)


def lesser_of(term: Term, bound: Term) -> Term:
    return function(r"\min", np.minimum, term, bound)


def sigma(term: Term) -> Term:
    return function(r"\sigma", sigmoid, term)


def tanh(term: Term) -> Term:
    return function(r"\tanh", np.tanh, term)


def softplus(term: Term) -> Term:
    return function(r"\mathrm{softplus}", lambda values: np.logaddexp(0.0, values), term)


def _leaky_relu(layer: of.LeakyReLU) -> Rule:
    """a = max(z, 0) + α min(z, 0)"""
    alpha = named(r"\alpha", layer.negative_slope)
    return Rule(
        lambda z, _: plus(greater_of(z, ZERO), times(alpha, lesser_of(z, ZERO))),
        lambda z, a, _: plus(where(">", 0, z), times(alpha, where(r"\le", 0, z))),
    )


def _elu(layer: of.ELU) -> Rule:
    """a = max(z, 0) + α (exp(min(z, 0)) - 1), for SELU times λ.

    Clevert, Unterthiner, Hochreiter, 2015; Klambauer, Unterthiner, Mayr, Hochreiter, 2017.
    """
    alpha, scale = named(r"\alpha", layer.alpha), named(r"\lambda", layer.scale)

    def scaled(term: Term) -> Term:
        return times(scale, term) if isinstance(layer, of.SELU) else term

    def value(z: Term, _: Term) -> Term:
        return scaled(plus(greater_of(z, ZERO), times(alpha, minus(exp(lesser_of(z, ZERO)), ONE))))

    def slope(z: Term, _a: Term, _: Term) -> Term:
        below = hadamard(times(alpha, exp(lesser_of(z, ZERO))), where(r"\le", 0, z))
        return scaled(plus(where(">", 0, z), below))

    return Rule(value, slope)


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
        smooth = function(r"\log", np.log, plus(ONE, exp(lesser_of(stretched(z), tau))))
        return smooth if layer.beta == 1.0 else fraction(smooth, beta)

    def value(z: Term, _: Term) -> Term:
        below, above = (where(relation, layer.threshold, stretched(z)) for relation in (r"\le", ">"))
        return plus(hadamard(below, bent(z)), hadamard(above, z))

    def slope(z: Term, _a: Term, _: Term) -> Term:
        below, above = (where(relation, layer.threshold, stretched(z)) for relation in (r"\le", ">"))
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
    two, pi = constant(2), named(r"\pi", math.pi)

    def distribution(z: Term) -> Term:
        erf = function(r"\mathrm{erf}", np.vectorize(math.erf, otypes=[float]), fraction(z, root(two)))
        return times(fraction(ONE, two), plus(ONE, erf))

    def density(z: Term) -> Term:
        return fraction(exp(fraction(_squared_negative(z), two)), root(times(two, pi)))

    return Rule(lambda z, p: hadamard(z, p), lambda z, a, p: plus(p, hadamard(z, density(z))), "P", distribution)


def _squared_negative(z: Term) -> Term:
    return minus(ZERO, power(z, 2))


def _tanh_gelu(layer: of.TanhGELU) -> Rule:
    """a = z (1 + t) / 2, t = tanh(k (z + c z³)), k = √(2 / π), c = 0.044715

    f′ = (1 + t + (1 - t²) k (z + 3 c z³)) / 2
    """
    half, c = fraction(ONE, constant(2)), constant(0.044715, "0.044715")
    k = root(fraction(constant(2), named(r"\pi", math.pi)))

    def slope(z: Term, _a: Term, t: Term) -> Term:
        inside = times(k, plus(z, times(constant(3 * 0.044715, "0.134145"), power(z, 3))))
        return times(half, plus(ONE, t, hadamard(minus(ONE, power(t, 2)), inside)))

    return Rule(
        lambda z, t: hadamard(times(half, z), plus(ONE, t)),
        slope,
        "t",
        lambda z: tanh(times(k, plus(z, times(c, power(z, 3))))),
    )


def _hardtanh(layer: of.Hardtanh) -> Rule:
    """a = min(max(z, lower), upper); f′ = 1 between them, else 0."""
    lower, upper = layer.min_val, layer.max_val
    return Rule(
        lambda z, _: lesser_of(greater_of(z, constant(lower)), constant(upper)),
        lambda z, a, _: hadamard(where(">", lower, z), where("<", upper, z)),
    )


RULES: dict[type[Layer], Callable[..., Rule]] = {
    of.Identity: lambda layer: Rule(lambda z, _: z, lambda z, a, _: ONE),
    of.Sigmoid: lambda layer: Rule(lambda z, _: sigma(z), lambda z, a, _: hadamard(a, minus(ONE, a))),
    of.Tanh: lambda layer: Rule(lambda z, _: tanh(z), lambda z, a, _: minus(ONE, power(a, 2))),
    of.ReLU: lambda layer: Rule(
        lambda z, _: function(r"\mathrm{ReLU}", lambda values: np.maximum(values, 0.0), z),
        lambda z, a, _: where(">", 0, z),
    ),
    of.LeakyReLU: _leaky_relu,
    of.ELU: _elu,
    of.SELU: _elu,
    of.GELU: _gelu,
    of.TanhGELU: _tanh_gelu,
    of.SiLU: _silu,
    of.Softplus: _softplus,
    of.Mish: _mish,
    of.Softsign: lambda layer: Rule(
        lambda z, _: fraction(z, plus(ONE, absolute(z))),
        lambda z, a, _: fraction(ONE, power(plus(ONE, absolute(z)), 2)),
    ),
    of.Hardtanh: _hardtanh,
    of.Step: lambda layer: Rule(lambda z, _: where(">", 0, z), lambda z, a, _: ONE),
}


def forward(place: Place) -> Iterator[Step]:
    rule = RULES[type(place.layer)](place.layer)
    title = N_("Layer {layer}: activation")
    for piece, stored, notes in output_pieces(place):
        z, inner = piece.term(place.input, place.x), _inner(place, rule, piece)
        if rule.inner is not None:
            part = piece.part("activation.inner")
            yield layer_step(place, "forward", part, title, inner.symbols, rule.inner(z), None)
        name = piece.name(place.output)
        yield layer_step(
            place, "forward", piece.part("activation"), title, name, rule.value(z, inner), stored, notes=notes
        )


def backward(place: Place) -> Iterator[Step]:
    rule = RULES[type(place.layer)](place.layer)
    title = N_("Back through the activation of layer {layer}")
    for piece, stored, notes in input_pieces(place):
        gradient = piece.term(place.output_gradient, place.dy)
        z, a = piece.term(place.input, place.x), piece.term(place.output, place.y)
        slope = rule.slope(z, a, _inner(place, rule, piece))
        term = gradient if slope is ONE else hadamard(gradient, slope)
        if isinstance(place.layer, of.Step) and piece.is_first:
            notes = (Sentence(N_("The slope of a step is 0; the gradient passes straight through instead.")), *notes)
        yield input_gradient_step(place, term, stored, part="activation", title=title, piece=piece, notes=notes)


def _inner(place: Place, rule: Rule, piece: Piece) -> Term:
    """The quantity that value and slope both use, under its name; 1 where there is none."""
    if rule.inner is None:
        return ONE
    return named(piece.name(place.symbol(rule.letter)), rule.inner(piece.term(place.input, place.x)).value)
