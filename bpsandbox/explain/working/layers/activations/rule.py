"""What an activation is made of in print, and the functions that several of them use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bpsandbox.explain.numbers import number
from bpsandbox.explain.working.algebra import Term, constant, function, sigmoid

ONE, ZERO = constant(1), constant(0)


@dataclass(frozen=True)
class Rule:
    """One activation with its options.

    `value(z, inner)` is a, `slope(z, a, inner)` is f′(z). `inner(z)` is a quantity that both use, which is shown as a
    step of its own, named by `letter`.
    """

    value: Callable[[Term, Term], Term]
    slope: Callable[[Term, Term, Term], Term]
    letter: str = ""
    inner: Callable[[Term], Term] | None = None


def where(relation: str, bound: float, term: Term) -> Term:
    r"""\mathbf{1}_{>b}(z): 1 where z > b, else 0."""
    compare = {">": np.greater, r"\le ": np.less_equal, "<": np.less}[relation]
    name = rf"\mathbf{{1}}_{{{relation}{number(bound)}}}"
    return function(name, lambda values: compare(values, bound).astype(float), term)


def exp(term: Term) -> Term:
    return function(r"\exp", np.exp, term)


def sigma(term: Term) -> Term:
    return function(r"\sigma", sigmoid, term)


def tanh(term: Term) -> Term:
    return function(r"\tanh", np.tanh, term)


def softplus(term: Term) -> Term:
    return function(r"\mathrm{softplus}", lambda values: np.logaddexp(0.0, values), term)
