"""The progress of a run in training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .kinds import Count, Number, Numbers
from .reading import Part
from .result import Curve, Member, Stop


@dataclass(frozen=True, slots=True)
class Progress(Part):
    """The points so far, thinned to a bounded number."""

    points: tuple[tuple[Number, Number, dict[str, Numbers]], ...]
    """[epoch, step, {name: [one a seed]}], in order."""
    epoch: Number = 0
    epochs: Number = 0
    """Epochs of the whole plan."""
    eta: Number | None = None
    """Seconds that are left."""
    attempt: Count = 1
    type: Literal["progress"] = "progress"
    states: tuple[tuple[Count, tuple[Numbers | None, ...]], ...] = ()
    """[epoch, [the numbers of a seed, null once it has stopped]] of the first seeds, in order; see Snapshots."""
    members: tuple[Member, ...] | None = None
    """The settings of a sweep."""

    @property
    def curves(self) -> dict[str, Curve]:
        """Return the curves of the points, in the form of a result."""
        names = self.points[-1][2] if self.points else {}
        return {name: tuple(values.get(name, ()) for _epoch, _step, values in self.points) for name in names}

    @property
    def final(self) -> dict[str, Numbers]:
        """Return no final values: no seed has stopped."""
        return {}

    best = final

    @property
    def stop(self) -> tuple[Stop, ...]:
        return ()
