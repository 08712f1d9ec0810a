"""What the working is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .layers import Layer

Kind = Literal["forward", "backward", "update"]


@dataclass(frozen=True)
class Step:
    """One line of the working: a rule in symbols and the same with numbers."""

    kind: Kind
    title: str
    latex_symbols: str
    latex_numbers: str


@dataclass(frozen=True)
class Worked:
    """The whole working. `notes` says in words what is left out and what the update was made from."""

    steps: tuple[Step, ...]
    sample: int
    step: int
    epoch: float
    seed: int
    notes: tuple[str, ...]

    @property
    def forward(self) -> tuple[Step, ...]:
        return self.of("forward")

    @property
    def backward(self) -> tuple[Step, ...]:
        return self.of("backward")

    @property
    def update(self) -> tuple[Step, ...]:
        return self.of("update")

    def of(self, kind: Kind) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.kind == kind)


def unit(layers: list[Layer], index: int) -> str:
    """Name the activation of the layer at `index`, counted from 0; -1 is the input."""
    if index < 0:
        return "x"
    return r"\hat{y}" if index == len(layers) - 1 else rf"a^{{[{index + 1}]}}"


def weights(layer: Layer) -> str:
    return f"W^{{[{layer.label}]}}"


def bias(layer: Layer) -> str:
    return f"b^{{[{layer.label}]}}"


def sums(layer: Layer) -> str:
    return f"z^{{[{layer.label}]}}"


def delta(layer: Layer) -> str:
    return rf"\delta^{{[{layer.label}]}}"


def partial(name: str) -> str:
    return rf"\frac{{\partial L}}{{\partial {name}}}"
