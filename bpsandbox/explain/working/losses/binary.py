"""Cross-entropy of one probability a number, given as such or as a logit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bpsandbox.explain.working.algebra import (
    Array,
    Term,
    absolute,
    constant,
    fraction,
    function,
    hadamard,
    logarithm,
    maximum,
    minus,
    named,
    negative,
    plus,
    scaled,
    sigmoid,
    total,
)  # fmt: skip
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_

from .rule import Rule

LEAST_LOG, LEAST_PRODUCT = -100.0, 1e-12


class Probabilities(Rule):
    """ℓ = mean of -(y log ŷ + (1 - y) log(1 - ŷ)), logarithms not below -100."""

    @property
    def own(self) -> Term:
        one = constant(1)
        yes = hadamard(self.y, self._log(self.p, _log(self.p.value)))
        no = hadamard(minus(one, self.y), self._log(minus(one, self.p), _log1m(self.p.value)))
        return negative(scaled(total(plus(yes, no)), *self.within))

    @staticmethod
    def _log(term: Term, value: Array) -> Term:
        """The logarithm; where its limit acts, the limit is written."""
        least = np.maximum(value, LEAST_LOG)
        if (least == value).all():
            return logarithm(term, value)
        return replace(maximum(logarithm(term), constant(LEAST_LOG)), value=least)

    def owns(self, p: Array, y: Array) -> Array:
        number, below = self.within
        terms = y * np.maximum(_log(p), LEAST_LOG) + (1.0 - y) * np.maximum(_log1m(p), LEAST_LOG)
        return -number / below.get("K", 1) * terms.sum(axis=1)

    @property
    def slope(self) -> Term:
        below = hadamard(self.p, minus(constant(1), self.p))
        if (below.value < LEAST_PRODUCT).any():
            below = maximum(below, constant(LEAST_PRODUCT))
        return self.sloped(fraction(minus(self.p, self.y), below))


class SigmoidOfLogits(Rule):
    """ℓ = mean of max(z, 0) - z y + log(1 + exp(-|z|)), which is Probabilities' loss of σ(z)."""

    def preparation(self) -> Iterator[Step]:
        note = Sentence(N_("The loss is −(y log p + (1 − y) log(1 − p)), in a form that is accurate for any logit."))
        yield self.prepared(
            "sigmoid", N_("Sigmoid: probabilities"), "p", function(r"\sigma", sigmoid, self.p), notes=(note,)
        )

    @property
    def own(self) -> Term:
        z = self.p
        decay = function(r"\exp", np.exp, negative(absolute(z)))
        rest = logarithm(plus(constant(1), decay), np.log1p(decay.value))
        linear = minus(maximum(z, constant(0)), hadamard(z, self.y))
        return scaled(total(plus(linear, rest)), *self.within)

    def owns(self, p: Array, y: Array) -> Array:
        number, below = self.within
        terms = np.maximum(p, 0.0) - p * y + np.log1p(np.exp(-np.abs(p)))
        return number / below.get("K", 1) * terms.sum(axis=1)

    @property
    def slope(self) -> Term:
        return self.sloped(minus(named("p", sigmoid(self.p.value)), self.y))


def _log(p: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.log(p)


def _log1m(p: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.log1p(-p)
