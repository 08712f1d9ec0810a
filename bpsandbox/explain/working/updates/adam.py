"""Adam and AdamW: running means m of the gradient and v of its square, corrected for their start at 0."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.explain.working.algebra import Term, fraction, maximum, minus, named, root, times
from bpsandbox.explain.working.step import Step
from bpsandbox.messages import N_

from .tensor import Tensor, mean_of, rooted, squared

FIRST = N_("Layer {layer}: running mean of the gradient of the {parameter}")
SECOND = N_("Layer {layer}: running mean of the squared gradient of the {parameter}")


def steps(tensor: Tensor) -> Iterator[Step]:
    yield from tensor.decay_steps()
    yield from moments(tensor)
    if tensor.optimizer.amsgrad:
        top = maximum(tensor.was("top", "u"), tensor.now("v", "v"))
        title = N_("Layer {layer}: largest running mean of the squared gradient of the {parameter}")
        yield tensor.memory_step("top", "u", title, top)
    yield from (_corrected if tensor.optimizer.eps_is_corrected else _uncorrected)(tensor)


def moments(tensor: Tensor) -> Iterator[Step]:
    """m = β1 m + (1 - β1) g, v = β2 v + (1 - β2) g²"""
    b1, b2 = betas(tensor)
    yield tensor.memory_step("m", "m", FIRST, mean_of(tensor.was("m", "m"), b1, tensor.g))
    yield tensor.squares_step("v", "v", SECOND, mean_of(tensor.was("v", "v"), b2, squared(tensor.g)))


def betas(tensor: Tensor) -> tuple[Term, Term]:
    b1, b2 = tensor.optimizer.betas
    return named(r"\beta_1", b1), named(r"\beta_2", b2)


def size(tensor: Tensor) -> Term:
    """v, or with amsgrad the largest v so far."""
    return tensor.now("top", "u") if getattr(tensor.optimizer, "amsgrad", False) else tensor.now("v", "v")


def corrected_first(tensor: Tensor) -> tuple[Term, Step]:
    """m̂ = m / (1 - β1^t), by name and as a step."""
    term = fraction(tensor.now("m", "m"), tensor.corrected(r"\beta_1", tensor.optimizer.betas[0]))
    title = N_("Layer {layer}: running mean of the gradient of the {parameter}, bias-corrected")
    name = tensor.own(r"\hat{m}", "t")
    return named(name, term.value), tensor.step("m.corrected", title, name, term)


def corrected_second(tensor: Tensor) -> tuple[Term, Step]:
    """v̂ = v / (1 - β2^t), by name and as a step."""
    term = fraction(size(tensor), tensor.corrected(r"\beta_2", tensor.optimizer.betas[1]))
    title = N_("Layer {layer}: running mean of the squared gradient of the {parameter}, bias-corrected")
    name = tensor.own(r"\hat{v}", "t")
    return named(name, term.value), tensor.step("v.corrected", title, name, term)


def _corrected(tensor: Tensor) -> Iterator[Step]:
    """w = w - η m̂ / (√v̂ + ε)"""
    (m, first), (v, second) = corrected_first(tensor), corrected_second(tensor)
    yield from (first, second)
    move = fraction(m, rooted(v, tensor.epsilon, is_inside=False))
    yield tensor.new(minus(tensor.kept, times(tensor.eta, move)))


def _uncorrected(tensor: Tensor) -> Iterator[Step]:
    """w = w - α m / (√v + ε), α = η √(1 - β2^t) / (1 - β1^t): ε is the paper's epsilon hat."""
    b1, b2 = tensor.optimizer.betas
    above, below = root(tensor.corrected(r"\beta_2", b2)), tensor.corrected(r"\beta_1", b1)
    rate, name = times(tensor.eta, fraction(above, below)), tensor.own(r"\alpha", "t")
    title = N_("Layer {layer}: bias-corrected learning rate of the {parameter}")
    yield tensor.step("rate", title, name, rate)
    move = fraction(tensor.now("m", "m"), rooted(size(tensor), tensor.epsilon, is_inside=False))
    yield tensor.new(minus(tensor.kept, times(named(name, rate.value), move)))
