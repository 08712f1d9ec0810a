"""NAdam: Adam that looks one step of its momentum ahead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bpsandbox.explain.working.algebra import Term, constant, fraction, minus, named, plus, raised, scaled, times
from bpsandbox.explain.working.example import Example
from bpsandbox.explain.working.step import Sentence, Step, equation
from bpsandbox.messages import N_

from .adam import corrected_second, moments
from .tensor import ONE, Tensor, rooted


def shared(example: Example) -> Iterator[Step]:
    """μ_t = β1 (1 - 0.96^(t ψ) / 2), the same a step ahead, and their product so far, which are the same for all."""
    rule: Any = example.capture.optimizer_after
    before: Any = example.capture.optimizer_before
    now, ahead = _mu(rule, rule.t), _mu(rule, rule.t + 1)
    title = N_("Momentum of this step")
    made = equation(r"\mu_t", _mu_term(rule, named("t", rule.t)), now, dtype=example.dtype)
    yield Step("update.momentum", "update", None, Sentence(title), **made)
    later = plus(named("t", rule.t), constant(1))
    made = equation(r"\mu_{t+1}", _mu_term(rule, later), ahead, dtype=example.dtype)
    yield Step("update.momentum.ahead", "update", None, Sentence(N_("Momentum of the next step")), **made)
    title = N_("Product of the momenta up to this step")
    term = times(named(r"M_{t-1}", before.product), named(r"\mu_t", now))
    made = equation("M_t", term, rule.product, dtype=example.dtype)
    yield Step("update.momentum.product", "update", None, Sentence(title), **made)


def _mu(rule: Any, t: int) -> float:
    return float(rule.betas[0] * (1.0 - 0.5 * 0.96 ** (t * rule.momentum_decay)))


def _mu_term(rule: Any, t: Term) -> Term:
    exponent = times(t, named(r"\psi", rule.momentum_decay))
    inner = minus(ONE, scaled(raised(constant(0.96), exponent), 0.5, {}))
    return times(named(r"\beta_1", rule.betas[0]), inner)


def steps(tensor: Tensor) -> Iterator[Step]:
    """w = w - η ((1 - μ_t) / (1 - M_t) g + μ_{t+1} / (1 - M_t μ_{t+1}) m) / (√v̂ + ε)"""
    rule = tensor.optimizer
    yield from tensor.decay_steps()
    yield from moments(tensor)
    v, second = corrected_second(tensor)
    yield second
    now, ahead = named(r"\mu_t", _mu(rule, rule.t)), named(r"\mu_{t+1}", _mu(rule, rule.t + 1))
    product = named("M_t", rule.product)
    from_gradient = times(fraction(minus(ONE, now), minus(ONE, product)), tensor.g)
    from_mean = times(fraction(ahead, minus(ONE, times(product, ahead))), tensor.now("m", "m"))
    title = N_("Layer {layer}: Nesterov direction of the {parameter}")
    direction = plus(from_gradient, from_mean)
    yield tensor.step("direction", title, tensor.own("d"), direction)
    move = fraction(named(tensor.own("d"), direction.value), rooted(v, tensor.epsilon, is_inside=False))
    yield tensor.new(minus(tensor.kept, times(tensor.eta, move)))
