"""What a run checked about itself."""

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
    band: Band
    max_relative_error: Number | None
    checked: Count
    """Entries that were compared."""
    skipped: Count
    """Entries that were left out because a kink lies beside them."""
    size: Count | None = None
    """All entries."""


@dataclass(frozen=True, slots=True)
class GradientCheck(Part):
    """The first seed's gradient by backward beside centred differences."""

    at: Literal["start", "end"]
    band: Band
    """By the largest relative error: wrong > 1e-2 > suspicious > 1e-4 > fair > 1e-7 > good."""
    max_relative_error: Number | None
    """Null where it is not finite."""
    tensors: tuple[CheckedTensor, ...]
    reason: Name | None = None
    """Why nothing was compared."""


@dataclass(frozen=True, slots=True)
class OverfitCheck(Part):
    """Whether the network can be trained until it fits a few examples alone."""

    n: Count
    """Examples."""
    steps: Count
    """Steps of Adam that were done."""
    first_loss: Number | None
    """The loss at the start above `floor`; null where it is not finite."""
    last_loss: Number | None
    passed: Bool
    most_steps: Count | None = None
    """Steps that were allowed."""
    share: Number | None = None
    """It passes when the last loss is at most this share of the first."""
    lr: Number | None = None
    floor: Number | None = None
    """The lowest loss that there is on these examples."""


@dataclass(frozen=True, slots=True)
class Checks(Part):
    """The checks that the config asks for."""

    gradient_check: tuple[GradientCheck, ...] | None = None
    overfit_tiny: OverfitCheck | None = None
