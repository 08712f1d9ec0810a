"""Cross-entropy of logits: p = softmax(z), ℓ = -log p of the class, or -Σ y log p with smoothed targets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpsandbox.core.nn.losses import CrossEntropyLoss
from bpsandbox.explain.working.algebra import (
    Array,
    Term,
    constant,
    fraction,
    function,
    hadamard,
    logarithm,
    matmul,
    minus,
    named,
    negative,
    plus,
    times,
    total,
)  # fmt: skip
from bpsandbox.explain.working.example import Example
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_

from .rule import Rule, Scale


class Softmax(Rule):
    """Targets are one-hot rows, spread by label smoothing ε, weighed by class weights w as the mean is then too."""

    loss: CrossEntropyLoss
    is_by_row = True

    def __init__(self, example: Example) -> None:
        super().__init__(example)
        self.z = self.p
        self.class_number = int(self._classes(self.y.value.reshape(1, -1))[0])

    # targets

    @property
    def smoothing(self) -> float:
        return self.loss.label_smoothing

    @property
    def weights(self) -> Array:
        given = self.loss.class_weight
        return np.ones(self.numbers) if given is None else np.asarray(given, dtype=np.float64)

    def _classes(self, rows: Array) -> Array:
        """Find the class of each row of targets back. A class of weight 0 has no trace in them where nothing is
        smoothed; then no number depends on which it is."""
        found = rows - self.smoothing / rows.shape[1] * self.weights
        is_lost = np.abs(found).max(axis=1) <= 1e-6
        return np.where(is_lost, int(np.argmin(self.weights)), np.abs(found).argmax(axis=1))

    @property
    def one_hot(self) -> Term:
        name = f"e_{{{self.class_number}}}" if self.is_spread else "y"
        return self.example.vector(name, np.eye(self.numbers)[self.class_number])

    @property
    def is_spread(self) -> bool:
        return bool(self.smoothing)

    @property
    def weight(self) -> Term:
        """The weight of the example's class."""
        return named(f"w_{{{self.class_number}}}", self.weights[self.class_number])

    def _target_steps(self) -> Iterator[Step]:
        if not self.is_spread:
            return
        epsilon, one = named(r"\epsilon", self.smoothing), constant(1)
        term = plus(times(minus(one, epsilon), self.one_hot), fraction(epsilon, named("K", self.numbers)))
        if self.loss.class_weight is not None:
            term = hadamard(self.example.vector("w", self.weights), term)
        note = Sentence(N_("The class of this example is {number}, counted from 0."), {"number": self.class_number})
        yield self.prepared("target", N_("Smoothed target"), "y", term, notes=(note,))

    # probabilities

    def preparation(self) -> Iterator[Step]:
        term = function(r"\mathrm{softmax}", softmax, self.z)
        yield self.prepared("softmax", N_("Softmax: probabilities of the classes"), "p", term)
        yield from self._target_steps()

    @property
    def logs(self) -> Array:
        """log p, with the digits that the run has: near p = 1 they are few."""
        return self._in_run(self.z.value)

    @property
    def probabilities(self) -> Term:
        return named("p", softmax(self.z.value))

    @property
    def own(self) -> Term:
        if self.is_spread:
            logs = logarithm(self.probabilities, self.logs)
            return negative(total(hadamard(self.y, logs)))
        own = named(f"p_{{{self.class_number}}}", self.probabilities.value.reshape(-1)[self.class_number])
        surprise = negative(logarithm(own, self.logs.reshape(-1)[self.class_number]))
        return surprise if self.loss.class_weight is None else times(self.weight, surprise)

    def owns(self, p: Array, y: Array) -> Array:
        return -(y * self._in_run(p, axis=1)).sum(axis=1)

    def _in_run(self, z: Array, axis: int | None = None) -> Array:
        return log_softmax(z.astype(self.example.dtype), axis).astype(np.float64)

    def scale(self, y: Array) -> Scale:
        if not self.is_mean or self.loss.class_weight is None:
            return super().scale(y)
        return 1.0, {r"\sum_n w_{y_n}": float(self.weights[self._classes(y)].sum())}

    @property
    def slope(self) -> Term:
        if not self.is_spread:
            difference = minus(self.probabilities, self.one_hot)
            return self.sloped(difference, weight=None if self.loss.class_weight is None else self.weight)
        if self.loss.class_weight is None:
            return self.sloped(minus(self.probabilities, self.y))
        return self.sloped(minus(matmul(total(self.y), self.probabilities), self.y))

    def slope_notes(self) -> tuple[Sentence, ...]:
        if self.is_spread:
            return ()
        return (Sentence(N_("y is 1 for the class of this example, {number} counted from 0, and 0 for the others."),
                         {"number": self.class_number}),)  # fmt: skip


def log_softmax(z: Array, axis: int | None = None) -> Array:
    shifted = z - np.max(z, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def softmax(z: Array) -> Array:
    powers = np.exp(z - np.max(z))
    return powers / powers.sum()
