"""A worked training step of one example."""

from __future__ import annotations

from dataclasses import dataclass, field
from string import Formatter
from typing import Any, Literal, TypeAlias

from .errors import InvalidDocument
from .kinds import Anything, Array, Count, Integer, Json, Name, Number, Words
from .reading import Part


@dataclass(frozen=True, slots=True)
class Title(Part):
    """A sentence in English with placeholders, and the values that fill them, so that it can be translated."""

    text: Words
    """The sentence."""
    values: dict[str, Name | Number]
    """Values by the names of the placeholders."""

    def check(self, path: str) -> None:
        """Refuse a sentence that cannot be formatted: a placeholder without a value, or with a format specification.

        Without values there are no placeholders; braces are LaTeX.
        """
        if not self.values:
            return
        try:
            parts = list(Formatter().parse(self.text))
        except ValueError as error:
            raise InvalidDocument(path, f"expected a sentence, got {error}") from error
        for _, name, form, conversion in parts:
            if name is not None and (name not in self.values or form or conversion):
                raise InvalidDocument(path, "expected a value for each placeholder")


@dataclass(frozen=True, slots=True)
class Written(Part):
    """An equation in another convention."""

    formula: Words
    """LaTeX with symbols."""
    numbers: Words
    """LaTeX of the same equation with numbers."""


@dataclass(frozen=True, slots=True)
class WorkedStep(Part):
    """One equation of a worked step."""

    id: Name
    """Its identifier, unique in the example."""
    phase: Literal["forward", "loss", "backward", "update"]
    """The phase it belongs to."""
    layer: Count | None
    """The layer's index in the config; null for a step that belongs to no layer."""
    title: Title
    """What the step does."""
    formula: Words
    """LaTeX with symbols."""
    numbers: Words
    """LaTeX of the same equation with numbers."""
    value: Array | None = None
    """The result; omitted if it is large."""
    notes: tuple[Title, ...] = ()
    """What the equation leaves out, or why there is no equation."""
    variants: dict[str, Written] = field(default_factory=dict)
    """The equation with row vectors, or with the loss as a sum or half a sum, where it is written otherwise then:
    columns.sum, columns.half, rows.mean, rows.sum, rows.half."""


@dataclass(frozen=True, slots=True)
class WorkedExample(Part):
    """One training example worked through forward, loss, backward and update at one step of one seed."""

    spec_hash: Name
    """The hash of the config."""
    sample: Count
    """The index of the example in the training data, from 0."""
    step: Count
    """The index of the step, from 0."""
    seed: Integer
    """The seed."""
    steps: tuple[WorkedStep, ...]
    """The equations, in order."""
    tensors: dict[str, dict[str, Array]]
    """`before`, `gradient`, `after`, and `clipped` where clipping acts: tensors by name, like layers.0.weight. Large
    ones are left out."""
    epoch: Count = 0
    """Completed epochs."""
    notes: tuple[Title, ...] = ()
    """Notes on what all equations leave out."""


AnyWorkedExample: TypeAlias = WorkedExample | Json | None


class WorkedKind(Anything):
    """A worked example; one from an engine with other parts is kept as stored."""

    def __init__(self, part: type[WorkedExample]) -> None:
        self.part = part

    def read(self, value: Any, path: str) -> AnyWorkedExample:
        if isinstance(value, dict) and "steps" in value:
            return self.part.from_json(value, path)
        return super().read(value, path)

    def read_stored(self, value: Any, path: str) -> AnyWorkedExample:
        if isinstance(value, dict) and "steps" in value:
            return self.part.from_store(value)
        return super().read(value, path)
