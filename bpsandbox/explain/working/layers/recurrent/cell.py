"""What the cells of recurrent layers share: how their arrays are laid out, and how their terms are named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpsandbox.explain.working.algebra import Array, Term, named, plus
from bpsandbox.explain.working.example import Place, partial
from bpsandbox.explain.working.pieces import subscripted

Arrays = dict[str, Array]
"""Quantities by letter, each (steps, rows, size): row k - 1 belongs to step k; h and c begin with step 0."""


@dataclass(frozen=True)
class Equation:
    """One equation of one step: `letter` is what it defines."""

    letter: str
    name: str
    term: Term
    stored: Array


@dataclass(frozen=True)
class Cell:
    """The rule of one recurrent layer, computed for many sequences at once and written for one of them.

    x is (t, rows, d); the parameters are those of the layer before the update. All have the run's own precision:
    where a gate is saturated, as few digits are left of its slope as the run had.
    """

    place: Place
    gates: ClassVar[str] = ""
    """A letter a gate, in the order of the blocks of the weights; none where there is one block."""
    resets_before = False
    """Does a reset gate act before the product with the state?"""

    # numbers

    def forward(self, x: Array) -> Arrays:
        """Every quantity of every step, from h_0 = 0."""
        raise NotImplementedError

    def backward(self, x: Array, states: Arrays, dy: Array) -> Arrays:
        """The derivative by every quantity: `dy` (t, rows, h) is what each step gets from the layer's output."""
        raise NotImplementedError

    def reaches(self, k: int, steps: int) -> bool:
        """Does step k + 1 send its gradient back to step k? Steps count from 1; `truncate` cuts some off."""
        truncate = self.place.layer.truncate
        return 0 < k < steps and (truncate is None or (steps - k) % truncate != 0)

    @property
    def size(self) -> int:
        return self.place.layer.hidden_size

    def block(self, parameter: str, gate: str = "") -> Array:
        """The rows of a tensor that belong to one gate, or all of them; zeros for a bias that the layer has not."""
        if parameter == "bias_ih" and not self.place.layer.bias:
            return np.zeros(self.size * max(1, len(self.gates)), self.place.example.dtype)[self._rows(gate)]
        return self.place.tensor(parameter).astype(self.place.example.dtype)[self._rows(gate)]

    def _rows(self, gate: str) -> slice:
        first = self.gates.index(gate) * self.size if gate else 0
        return slice(first, first + self.size) if gate else slice(None)

    # terms

    def vector(self, letter: str, k: int, value: Array) -> Term:
        """A quantity of step k, such as h_2."""
        return self.place.example.vector(self.name(letter, k), value)

    def name(self, letter: str, k: int, gate: str = "") -> str:
        return rf"{self.place.symbol(letter)}_{{{f'{gate},' if gate else ''}{k}}}"

    def derivative(self, letter: str, k: int, value: Array) -> Term:
        """dL by a quantity of step k."""
        return self.place.example.vector(partial(self.name(letter, k)), value)

    def whole(self, parameter: str) -> Term:
        """All gates' rows of W_ih or W_hh."""
        letter = "ih" if parameter == "weight_ih" else "hh"
        return named(rf"{self.place.symbol('W')}_{{{letter}}}", self.block(parameter))

    def x(self, k: int, value: Array) -> Term:
        return self.place.example.vector(rf"{self.place.input}_{{{k}}}", value)

    def weight(self, parameter: str, gate: str = "") -> Term:
        """W_ih or W_hh, or a gate's rows of it: W_ii, W_hi."""
        letter = f"{'i' if parameter == 'weight_ih' else 'h'}{gate or 'h'}"
        return named(rf"{self.place.symbol('W')}_{{{letter}}}", self.block(parameter, gate))

    def sums(self, k: int, x: Array, h: Array, gate: str = "") -> Term:
        """W_i x_k + W_h h_{k-1} + b of a gate."""
        example = self.place.example
        terms = [
            example.applied(self.weight("weight_ih", gate), self.x(k, x)),
            example.applied(self.weight("weight_hh", gate), self.vector("h", k - 1, h)),
        ]
        return plus(*terms, *self.bias(gate))

    def bias(self, gate: str = "") -> tuple[Term, ...]:
        if not self.place.layer.bias:
            return ()
        name = self.place.symbol("b") + (f"_{{{gate}}}" if gate else "")
        return (self.place.example.vector(name, self.block("bias_ih", gate)),)

    def forward_equations(self, k: int, x: Array, states: Mapping[str, Array]) -> Iterator[Equation]:
        """The equations of step k for the example; `states` has its rows, (steps, size)."""
        raise NotImplementedError

    def backward_equations(self, k: int, states: Mapping[str, Array], back: Mapping[str, Array]) -> Iterator[Equation]:
        """The equations of step k on the way back."""
        raise NotImplementedError

    def arrives(self, k: int, steps: int, dy: Array, sent: list[Term]) -> Term:
        """dL/dh_k: what comes from the layer's output, and what step k + 1 sends back."""
        returns_all = self.place.layer.returns == "all"
        terms = []
        if returns_all or k == steps:
            name = subscripted(self.place.output_gradient, (k,) if returns_all else ())
            terms.append(self.place.example.vector(name, dy))
        if self.reaches(k, steps):
            terms += sent
        return plus(*terms) if terms else self.place.example.vector("0", np.zeros_like(dy))

    # the gradient of W_hh

    def hidden_gradient(self, delta: Term, states: Mapping[str, Array], back: Mapping[str, Array]) -> Term:
        """dL/dW_hh of the example: the sum over steps of δ_k h_{k-1}^T."""
        before = self.place.example.vector(self.place.symbol("H"), states["h"][:-1])
        return self.place.example.outer(delta, before)

    def hidden_gradients(self, states: Arrays, back: Arrays) -> Array:
        """dL/dW_hh, summed over steps and rows."""
        return np.einsum("tno,tni->oi", back.get("a_h", back["a"]), states["h"][:-1])
