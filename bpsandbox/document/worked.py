"""One training step of one example, worked through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .kinds import Anything, Array, Count, Integer, Json, Name, Number, Words
from .reading import Part


@dataclass(frozen=True, slots=True)
class Title(Part):
    """A sentence in English with placeholders, and the values that fill them, so that it can be translated."""

    text: Words
    values: dict[str, Name | Number]


@dataclass(frozen=True, slots=True)
class WorkedStep(Part):
    """One equation of a worked step."""

    id: Name
    phase: Literal["forward", "loss", "backward", "update"]
    layer: Count | None
    """The layer's number in the config; null for what belongs to none."""
    title: Title
    formula: Words
    """LaTeX, in symbols."""
    numbers: Words
    """LaTeX, the same equation in numbers."""
    value: Array | None = None
    """What it gives; left out where it is large."""
    notes: tuple[Title, ...] = ()
    """What the equation leaves out, or why there is none."""


@dataclass(frozen=True, slots=True)
class WorkedExample(Part):
    """One training example worked through forward, loss, backward and update at one step of one seed."""

    spec_hash: Name
    sample: Count
    """The example's place in the training data, from 0."""
    step: Count
    """The step before which it was worked."""
    seed: Integer
    steps: tuple[WorkedStep, ...]
    tensors: dict[str, dict[str, Array]]
    """`before`, `gradient`, `after`, and `clipped` where clipping acts: tensors by name, like layers.0.weight. Large
    ones are left out."""
    epoch: Count = 0
    """Whole epochs done before."""
    notes: tuple[Title, ...] = ()


AnyWorkedExample: TypeAlias = WorkedExample | Json | None


class WorkedKind(Anything):
    """A worked example; one of an engine that recorded other parts stays as it was written."""

    words = "a worked example"

    def __init__(self, part: type[WorkedExample]) -> None:
        self.part = part

    def read(self, value: Any, path: str) -> AnyWorkedExample:
        if isinstance(value, dict) and "steps" in value:
            return self.part.from_json(value, path)
        return super().read(value, path)
