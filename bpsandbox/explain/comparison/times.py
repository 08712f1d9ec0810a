"""When the seeds of two runs reached a target, as far as both were trained and recorded."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .results import Goal, Measured

Times = tuple[float | None, ...]


@dataclass(frozen=True)
class Timed:
    """When each seed of a run was first seen at a goal, in epochs or steps; None if it never was.

    `points` are those that were recorded. `ended` is where the first seed came to the end of its training, or was cut
    short, before the goal; None if no seed did.
    """

    key: str
    reached: Times
    points: Sequence[float]
    ended: float | None = None


def comparable(name: str, goal: Goal, first: Timed, second: Timed) -> tuple[Measured, Measured]:
    """Return the times of two runs as if both had recorded the same points of trainings of one length.

    Each time is rounded up to a point of both: a run that records every 25th epoch sees its seeds at the goal up to 24
    epochs late. Times after the shorter training count as never: its seeds had no chance of such a time.
    """
    runs = (first, second)
    shared = _shared(first.points, second.points)
    rounded = [tuple(_round_up(time, shared) for time in run.reached) for run in runs]
    end = _end(runs, shared)
    kept = [tuple(None if time is None or time > end else time for time in times) for times in rounded]
    is_rounded = rounded != [run.reached for run in runs]
    goal = replace(goal, is_rounded=is_rounded, until=end if kept != rounded else None)
    one, other = (Measured(run.key, name, times, goal) for run, times in zip(runs, kept, strict=True))
    return one, other


def _shared(first: Sequence[float], second: Sequence[float]) -> list[float]:
    """Return the points of both, in order; where only one run goes on, its own."""
    both = min(max(first, default=0.0), max(second, default=0.0))
    one, other = set(first), set(second)
    return sorted(one & other | {x for x in one ^ other if x > both})


def _round_up(time: float | None, points: Sequence[float]) -> float | None:
    if time is None:
        return None
    place = bisect_left(points, time)
    return points[place] if place < len(points) else time


def _end(runs: Sequence[Timed], shared: Sequence[float]) -> float:
    """Return the last point within the shorter training; infinity if no seed came to its end before the goal."""
    ends = [run.ended for run in runs if run.ended is not None]
    return max((x for x in shared if x <= min(ends)), default=0.0) if ends else math.inf
