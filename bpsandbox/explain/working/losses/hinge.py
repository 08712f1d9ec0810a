"""Losses that ask for a margin."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpsandbox.explain.working.algebra import (
    Array,
    Term,
    constant,
    hadamard,
    maximum,
    minus,
    named,
    negative,
    plus,
    positive,
    scaled,
    times,
    total,
)  # fmt: skip
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_

from .rule import Rule, Scale


class Hinge(Rule):
    """ℓ = mean of max(0, 1 - y ŷ), y = -1 or 1."""

    @property
    def margin(self) -> Term:
        return minus(constant(1), hadamard(self.y, self.p))

    @property
    def own(self) -> Term:
        return scaled(total(maximum(constant(0), self.margin)), *self.within)

    def owns(self, p: Array, y: Array) -> Array:
        number, below = self.within
        return number / below.get("K", 1) * np.maximum(0.0, 1.0 - y * p).sum(axis=1)

    @property
    def slope(self) -> Term:
        return self.sloped(negative(hadamard(self.y, positive(self.margin))))


class MultiClassHinge(Rule):
    """ℓ = mean over all K classes of max(0, m), m = 1 - ŷ of the class + ŷ for the wrong ones."""

    is_by_row = True

    @property
    def class_number(self) -> int:
        return int(np.argmax(self.y.value))

    @property
    def within(self) -> Scale:
        number, below = super().within
        return number, {**below, "K": self.numbers}

    def preparation(self) -> Iterator[Step]:
        own = named(rf"\hat{{y}}_{{{self.class_number}}}", self.p.value.reshape(-1)[self.class_number])
        margins = plus(minus(constant(1), own), self.p)
        term = hadamard(margins, minus(constant(1), self.y))
        note = Sentence(N_("y is 1 for the class of this example, {number} counted from 0, and 0 for the others."),
                        {"number": self.class_number})  # fmt: skip
        yield self.prepared("margins", N_("Margins of the wrong classes"), "m", term, notes=(note,))

    @property
    def margins(self) -> Term:
        p, y = self.p.value, self.y.value
        return named("m", (1.0 - p.reshape(-1)[self.class_number] + p) * (1.0 - y))

    @property
    def own(self) -> Term:
        return scaled(total(maximum(constant(0), self.margins)), *self.within)

    def owns(self, p: Array, y: Array) -> Array:
        margins = (1.0 - (p * y).sum(axis=1, keepdims=True) + p) * (1.0 - y)
        return np.maximum(0.0, margins).sum(axis=1) / self.numbers

    def before_slope(self) -> Iterator[Step]:
        yield self.prepared(
            "loss.inside", N_("Wrong classes within the margin"), r"\chi", positive(self.margins), phase="backward"
        )

    @property
    def slope(self) -> Term:
        inside = named(r"\chi", (self.margins.value > 0).astype(float))
        return self.sloped(minus(inside, times(total(inside), self.y)))
