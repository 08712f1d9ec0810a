"""Losses of the difference d = ŷ - y: its absolute value, and squares that become lines far away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpsandbox.core.nn.losses import HuberLoss, SmoothL1Loss
from bpsandbox.explain.working.algebra import (
    Array,
    Term,
    absolute,
    clip,
    hadamard,
    minus,
    named,
    negative,
    scaled,
    sign,
    total,
)  # fmt: skip
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_

from .rule import Rule, Scale


class Absolute(Rule):
    """ℓ = factor mean of |ŷ - y|, with slope sign(ŷ - y), 0 where they are equal."""

    @property
    def own(self) -> Term:
        return scaled(total(absolute(minus(self.p, self.y))), *self.within)

    def owns(self, p: Array, y: Array) -> Array:
        number, below = self.within
        return number / below.get("K", 1) * np.abs(p - y).sum(axis=1)

    @property
    def slope(self) -> Term:
        return self.sloped(sign(minus(self.p, self.y)))


class Huber(Rule):
    """ℓ = factor mean of c (d - c / 2), c being d clipped to [-δ, δ]; SmoothL1Loss calls δ β and divides by it."""

    loss: HuberLoss

    @property
    def limit(self) -> Term:
        return named(r"\beta" if isinstance(self.loss, SmoothL1Loss) else r"\delta", self.loss.delta)

    @property
    def within(self) -> Scale:
        number, below = super().within
        return number, {**below, **({r"\beta": self.loss.delta} if isinstance(self.loss, SmoothL1Loss) else {})}

    def preparation(self) -> Iterator[Step]:
        yield self.prepared("difference", N_("Difference"), "d", minus(self.p, self.y))
        near = Sentence(
            N_("Where |d| ≤ {limit}, c = d and the loss is a parabola; elsewhere c is constant and it is a line."),
            {"limit": rf"\({self.limit.symbols}\)"},
        )
        clipped = clip(self.difference, negative(self.limit), self.limit)
        yield self.prepared("clipped", N_("Difference, clipped"), "c", clipped, notes=(near,))

    @property
    def difference(self) -> Term:
        return named("d", self.p.value - self.y.value)

    @property
    def clipped(self) -> Term:
        return named("c", np.clip(self.difference.value, -self.loss.delta, self.loss.delta))

    @property
    def own(self) -> Term:
        inner = minus(self.difference, scaled(self.clipped, 0.5, {}))
        return scaled(total(hadamard(self.clipped, inner)), *self.within)

    def owns(self, p: Array, y: Array) -> Array:
        number, below = self.within
        d = p - y
        c = np.clip(d, -self.loss.delta, self.loss.delta)
        return number / float(np.prod(list(below.values()))) * (c * (d - c / 2.0)).sum(axis=1)

    @property
    def slope(self) -> Term:
        return self.sloped(self.clipped)
