"""The base class of optimisers."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

import numpy as np

from bpsandbox.core.types import Array

BLOCK = 1 << 14
"""Parameters updated at a time, so that all arrays of an update fit in the L1 cache."""


class Closure(NamedTuple):
    """The objective, for an optimiser that evaluates it at several points in a step."""

    value: Callable[[], Array]
    """The objective of every seed as it was last evaluated, (seeds,)."""
    evaluate: Callable[[], None]
    """Evaluate the objective at w again, and its gradient into g."""


class Optimizer:
    """Updates the flat parameters `w` in place, given the flat gradient `g`, both (seeds, size).

    Its state is a set of arrays like w, named in `memory`, and `t`, the number of steps done. `rate` is the learning
    rate of this step: a number, or an array that broadcasts to w (one rate for each layer or for each seed).
    """

    memory: tuple[str, ...] = ()
    counters: ClassVar[tuple[str, ...]] = ("t",)
    """Names of numbers that change with every step and are the same for all parameters."""
    scratches: ClassVar[int] = 1
    blocks: Sequence[tuple[slice, Optimizer]] = ()
    eps: float = 1.0
    """What is added to a denominator that may be 0; optimisers that have none leave it."""
    closure: Closure | None = None
    """Set by the caller; only optimisers that evaluate several points use it."""

    def __init__(self, lr: float, *, weight_decay: float = 0.0, decoupled_weight_decay: bool = False) -> None:
        self.lr = lr
        self.weight_decay = weight_decay
        self.decoupled_weight_decay = decoupled_weight_decay

    @property
    def name(self) -> str:
        return type(self).__name__

    def bind(self, w: Array, g: Array, rate: float | Array | None = None) -> None:
        """Bind these parameters and reset the state."""
        self.w, self.g, self.t = w, g, 0
        self.rate = self.lr if rate is None else rate
        for name in self.memory:
            setattr(self, name, np.full_like(w, self.start_of(name)))
        self._allocate()

    def narrow(self, keep: Array, w: Array, g: Array) -> None:
        """Continue with the seeds `keep` only, whose parameters are now w."""
        self.w, self.g = w, g
        if isinstance(self.rate, np.ndarray) and self.rate.ndim == 2:
            self.rate = self.rate[keep]
        for name in self.memory:
            setattr(self, name, getattr(self, name)[keep])
        self._allocate()

    def start_of(self, name: str) -> float:
        return 0.0

    def step(self) -> None:
        """Do one update."""
        self.t += 1
        if not self.blocks:
            self.update(self.w, self.g)
        for columns, block in self.blocks:
            block.rate = self._rate_of(columns)
            for name in self.counters:
                setattr(block, name, getattr(self, name))
            block.update(block.w, block.g)

    def update(self, w: Array, g: Array) -> None:
        raise NotImplementedError

    def _allocate(self) -> None:
        """Allocate scratch for an update of all parameters, or for one block at a time when there are many."""
        width = max(1, BLOCK // len(self.w))
        starts = range(0, self.w.shape[1], width) if self.w.size > BLOCK else ()
        for number in range(self.scratches):
            setattr(self, f"s{number}", np.empty_like(self.w[:, :width] if starts else self.w))
        self.blocks = ()  # a block is a copy: with those of before in it, their state would never be let go
        self.blocks = [(columns, self._block(columns)) for columns in (slice(i, i + width) for i in starts)]

    def _block(self, columns: slice) -> Optimizer:
        """Return this optimiser on some of its parameters, with views of the state for them."""
        block = copy.copy(self)
        block.w, block.g = self.w[:, columns], self.g[:, columns]
        for name in self.memory:
            setattr(block, name, getattr(self, name)[:, columns])
        for number in range(self.scratches):
            setattr(block, f"s{number}", getattr(self, f"s{number}")[:, : block.w.shape[1]])
        return block

    def _rate_of(self, columns: slice) -> float | Array:
        is_each = isinstance(self.rate, np.ndarray) and self.rate.shape[-1:] == self.w.shape[1:]
        return self.rate[..., columns] if is_each else self.rate  # type: ignore[index]

    def decay(self, w: Array, g: Array) -> None:
        """g = g + decay w, coupled to the gradient; or w = w - rate decay w, decoupled from it"""
        if not self.weight_decay:
            return
        np.multiply(w, self.weight_decay, out=self.s0)
        if self.decoupled_weight_decay:
            self.s0 *= self.rate
            w -= self.s0
        else:
            g += self.s0

    s0: Array
    s1: Array


def lerp(average: Array, value: Array, share: float, s: Array) -> None:
    """average = average + share (value - average), through scratch s"""
    np.subtract(value, average, out=s)
    s *= share
    average += s


def average_squares(v: Array, g: Array, beta: float, s: Array) -> None:
    """v = beta v + (1 - beta) g^2, through scratch s"""
    np.multiply(g, g, out=s)
    s *= 1.0 - beta
    v *= beta
    v += s
