"""Cross-entropy of probabilities, as Keras computes it: outputs are divided by their sum, and kept off 0 and 1."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpsandbox.core.nn.losses import CrossEntropyOfProbabilities
from bpsandbox.explain.working.algebra import (
    Array,
    Term,
    clip,
    constant,
    fraction,
    function,
    hadamard,
    minus,
    named,
    total,
)  # fmt: skip
from bpsandbox.explain.working.step import Step
from bpsandbox.messages import N_

from .cross_entropy import Softmax


class Normalized(Softmax):
    """q = ŷ / Σ ŷ, p = q clipped to [1e-7, 1 - 1e-7], ℓ = -log p of the class; where q was clipped its slope is 0."""

    loss: CrossEntropyOfProbabilities

    def preparation(self) -> Iterator[Step]:
        yield self.prepared("normalized", N_("Outputs divided by their sum"), "q", fraction(self.z, total(self.z)))
        low, high = constant(self.loss.lowest), constant(self.loss.highest, r"1 - 1 \times 10^{-7}")
        yield self.prepared(
            "clipped", N_("Probabilities, clipped away from 0 and 1"), "p", clip(self.shares, low, high)
        )
        yield from self._target_steps()

    @property
    def shares(self) -> Term:
        return named("q", self.z.value / self.z.value.sum())

    @property
    def probabilities(self) -> Term:
        return named("p", np.clip(self.shares.value, self.loss.lowest, self.loss.highest))

    @property
    def logs(self) -> Array:
        return np.log(self.probabilities.value)

    def owns(self, p: Array, y: Array) -> Array:
        shares = p / p.sum(axis=1, keepdims=True)
        return -(y * np.log(np.clip(shares, self.loss.lowest, self.loss.highest))).sum(axis=1)

    @property
    def target(self) -> Term:
        """The target as it stands in the loss, with the class's weight."""
        name = "y" if self.is_spread or self.loss.class_weight is None else f"{self.weight.symbols} y"
        return named(name, self.y.value)

    @property
    def _is_kept(self) -> Array:
        return (self.shares.value == self.probabilities.value).astype(float)

    def before_slope(self) -> Iterator[Step]:
        kept = function(r"\mathbf{1}_{=}", lambda q, p: (q == p).astype(float), self.shares, self.probabilities)
        term = hadamard(fraction(self.target, self.probabilities), kept)
        yield self.prepared("loss.shares", N_("Negative slope at q"), "u", term, phase="backward")

    @property
    def slope(self) -> Term:
        u = named("u", self.target.value / self.probabilities.value * self._is_kept)
        inner = minus(total(hadamard(self.shares, u)), u)
        return self.sloped(fraction(inner, total(self.z)))
