"""One parameter in an update: its names, its values before and after, and the optimiser's memory of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpsandbox.core.nn.network import Slot
from bpsandbox.explain.working.algebra import Array, Term, constant, minus, named, plus, power, raised, root, times
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import becoming, layer_step, word_of
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_

from .gradient import gradient_of
from .rates import rate_symbol

ONE = constant(1)


@dataclass(frozen=True)
class Tensor:
    """One parameter of a layer, with the optimiser that moves it. Matrices are laid out as they are printed."""

    place: Place
    slot: Slot

    @property
    def optimizer(self) -> Any:
        """The optimiser after the step; `t` counts this step."""
        return self.place.example.capture.optimizer_after

    @property
    def memory_before(self) -> Any:
        """The optimiser as it was before the step."""
        return self.place.example.capture.optimizer_before

    @property
    def symbol(self) -> str:
        return self.place.parameter_symbol(self.slot.parameter)

    def own(self, letter: str, time: str = "") -> str:
        """The name of a quantity of this parameter alone, at a time where it has one: m_{W^{[0]},t}."""
        return f"{letter}_{{{self.symbol}{',' if time else ''}{time}}}"

    @property
    def w(self) -> Term:
        """The parameter before the update."""
        return named(self.symbol, self.matrix(self.place.example.capture.before))

    @property
    def received(self) -> Term:
        """The gradient as the optimiser received it."""
        return gradient_of(self.place, self.slot)

    @property
    def g(self) -> Term:
        """The gradient that the rule uses: with weight decay, where that is coupled to it."""
        if not self.is_coupled:
            return self.received
        return named(self.own("g"), self.received.value + self.optimizer.weight_decay * self.w.value)

    @property
    def eta(self) -> Term:
        example = self.place.example
        return named(rate_symbol(self.place), float(example.capture.rates[self.slot.start]))

    @property
    def t(self) -> Term:
        return named("t", self.optimizer.t)

    def matrix(self, flat: Array) -> Array:
        return self.place.parameter_matrix(self.slot, flat)

    def was(self, memory: str, symbol: str) -> Term:
        """An array of the optimiser's memory before the step, with index t - 1."""
        return named(self.own(symbol, "t-1"), self.matrix(getattr(self.memory_before, memory)[0]))

    def now(self, memory: str, symbol: str) -> Term:
        """The same after the step, with index t."""
        return named(self.own(symbol, "t"), self.matrix(getattr(self.optimizer, memory)[0]))

    @property
    def epsilon(self) -> Term:
        """ε, which is 0 where the numbers of the run are too coarse for it."""
        eps = float(self.optimizer.eps)
        return named(r"\epsilon", eps if np.dtype(self.place.example.dtype).type(eps) else 0.0)

    def corrected(self, symbol: str, share: float) -> Term:
        """1 - β^t"""
        return minus(ONE, raised(named(symbol, share), self.t))

    # weight decay

    @property
    def is_coupled(self) -> bool:
        """Is weight decay added to the gradient?"""
        return bool(self.optimizer.weight_decay) and not self.optimizer.decoupled_weight_decay

    @property
    def kept(self) -> Term:
        """What the update is taken off: w, or w - η λ w where weight decay acts beside the gradient."""
        decay = self.optimizer.weight_decay
        if not decay or not self.optimizer.decoupled_weight_decay:
            return self.w
        return minus(self.w, times(times(self.eta, named(r"\lambda", decay)), self.w))

    def decay_steps(self) -> Iterator[Step]:
        if self.is_coupled:
            term = plus(self.received, times(named(r"\lambda", self.optimizer.weight_decay), self.w))
            yield self.step(
                "decay", N_("Layer {layer}: gradient of the {parameter} with weight decay"), self.own("g"), term
            )

    # steps

    def step(
        self,
        part: str,
        title: str,
        name: str,
        term: Term,
        stored: Array | None = None,
        notes: Sequence[Sentence] = (),
    ) -> Step:
        parameter = word_of(self.place, self.slot.parameter)
        part = f"{self.slot.parameter}.{part}" if part else self.slot.parameter
        notes = (*notes, *self._flattened())
        return layer_step(self.place, "update", part, title, name, term, stored, notes=notes, parameter=parameter)

    def squares_step(self, memory: str, symbol: str, title: str, term: Term) -> Step:
        """A mean or sum of squares."""
        note = Sentence(N_("Squares, roots and quotients of matrices are taken element by element."))
        return self.memory_step(memory, symbol, title, term, (note,) if self.slot.stop - self.slot.start > 1 else ())

    def memory_step(self, memory: str, symbol: str, title: str, term: Term, notes: Sequence[Sentence] = ()) -> Step:
        """An array of the optimiser's memory after the step, as the term gives it."""
        now = self.now(memory, symbol)
        return self.step(memory, title, now.symbols, term, now.value, notes)

    def new(self, term: Term) -> Step:
        """The parameter after the update; its formula is an assignment."""
        after = self.matrix(self.place.example.capture.after)
        return becoming(self.step("", N_("Layer {layer}: new {parameter}"), self.symbol, term, after))

    def _flattened(self) -> Iterator[Sentence]:
        if len(self.slot.shape) > 2:
            shape = " × ".join(map(str, self.slot.shape))
            yield Sentence(N_("A tensor of {shape} is written with one row per output."), {"shape": shape})


def mean_of(old: Term, share: Term, new: Term) -> Term:
    """share · old + (1 - share) · new"""
    return plus(times(share, old), times(minus(ONE, share), new))


def squared(term: Term) -> Term:
    return power(term, 2)


def rooted(term: Term, epsilon: Term, *, is_inside: bool) -> Term:
    """√(v + ε), or √v + ε"""
    return root(plus(term, epsilon)) if is_inside else plus(root(term), epsilon)
