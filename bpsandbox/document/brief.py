"""What is stored with a result: its line in a list, and a comparison with the run it repeats."""

from __future__ import annotations

from dataclasses import dataclass

from .kinds import Bool, Count, Name, Number
from .reading import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Part):
    """One line of a list. For a sweep, the numbers are those of its best setting."""

    name: Name
    """The curve that stands for the run."""
    spark: tuple[tuple[Number, Number | None], ...]
    """[epoch, median of the seeds] at some points."""
    final: Number | None
    """The last median."""
    best: Number | None
    seeds: Count
    diverged: Count
    limited: Bool
    """Whether it was ended by a limit."""
    learned_nothing: Bool = False
    """Whether no seed learned anything."""
    is_restored: Bool = False
    """Whether a seed was given back its best weights at the end."""
    has_worked_example: Bool = False
    settings: Count | None = None
    """The number of settings of a sweep."""
    stuck: Count = 0
    """Seeds that no longer learn and are far above the best one; 0 for a sweep, and in older results."""

    cut_short: Bool | None = None
    """Whether a limit ended one of the seeds that `final` is of; None in older results."""
    stopped_at: Count | None = None
    """If it did: the epoch that `final` is of, if that is the same for all of them."""

    @property
    def is_cut(self) -> bool:
        """Return whether `final` is not the value at the end of the training that was asked for."""
        return self.limited if self.cut_short is None else self.cut_short


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Part):
    """A comparison of two runs of one config."""

    identical: Bool
    same_until: Number | None
    """The last step up to which all numbers are the same."""
    largest_difference: Number
    """Of the numbers that both have."""
    earlier_engine: Name | None = None
    """The engine of the run it repeats, where that is another: then their numbers are never called identical."""
    misses: Bool | None = None
    """Whether one of the two has numbers where the other has none, because it, or one of its seeds, ended later."""
