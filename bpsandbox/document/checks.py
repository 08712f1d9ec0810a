"""Results of a run's checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from .kinds import Bool, Count, Name, Number
from .reading import Part

Band: TypeAlias = Literal["good", "fair", "suspicious", "wrong", "unchecked"]


@dataclass(frozen=True, slots=True)
class CheckedTensor(Part):
    """One tensor's part of a gradient check."""

    name: Name
    """The name of the tensor, such as layers.0.weight."""
    band: Band
    """The grade of its largest relative error."""
    max_relative_error: Number | None
    """Null if it is not finite."""
    checked: Count
    """Entries that were compared."""
    skipped: Count
    """Entries skipped because they are next to a kink."""
    size: Count | None = None
    """The number of entries."""


@dataclass(frozen=True, slots=True)
class GradientCheck(Part):
    """The first seed's gradient from backpropagation, compared with centred finite differences."""

    at: Literal["start", "end"]
    """Before or after training."""
    band: Band
    """The grade of the largest relative error: wrong > 1e-2 > suspicious > 1e-4 > fair > 1e-7 > good."""
    max_relative_error: Number | None
    """Null if it is not finite."""
    tensors: tuple[CheckedTensor, ...]
    """One for each parameter."""
    reason: Name | None = None
    """Why nothing was compared."""


@dataclass(frozen=True, slots=True)
class OverfitCheck(Part):
    """Whether the network can be trained to fit a few examples."""

    n: Count
    """Examples."""
    steps: Count
    """Completed steps of Adam."""
    first_loss: Number | None
    """The loss at the start above `floor`; null where it is not finite."""
    last_loss: Number | None
    """The loss at the end above `floor`."""
    passed: Bool
    """Whether the loss fell far enough."""
    most_steps: Count | None = None
    """Steps that were allowed."""
    share: Number | None = None
    """It passes when the last loss is at most this share of the first."""
    lr: Number | None = None
    """The learning rate."""
    floor: Number | None = None
    """The lowest possible loss on these examples."""


@dataclass(frozen=True, slots=True)
class Checks(Part):
    """The checks requested by the config."""

    gradient_check: tuple[GradientCheck, ...] | None = None
    """One for each requested time."""
    overfit_tiny: OverfitCheck | None = None
    """The overfit check."""
