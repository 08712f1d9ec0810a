"""Read the values of one curve, seed by seed, for charts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from bpsandbox.core.train.curves import is_higher_better
from bpsandbox.document import Curve, Progress, Recorded, Summary

MOST = 1e300
"""Larger values have no place on an axis."""

Values: TypeAlias = tuple[float | None, ...]
Drawable: TypeAlias = Recorded | Progress


@dataclass(frozen=True)
class Series:
    """One curve: `seeds[s][i]` is the value of seed s at `x[i]`, None where there is none.

    `stuck` has the indices of the seeds that the engine found stuck. A diverged seed is not stuck. `found` are other
    seeds with a finding that most seeds do not have.
    """

    name: str
    x: tuple[float, ...]
    seeds: tuple[Values, ...]
    unit: str = "epoch"
    x_last: float = 0.0
    reasons: tuple[str, ...] = field(default=())
    stuck: frozenset[int] = frozenset()
    found: frozenset[int] = frozenset()

    def of(self, rows: Sequence[int]) -> "Series":
        """Return the series of some of the seeds, such as those of one setting."""
        kept = [row for row in rows if row < len(self.seeds)]
        reasons = tuple(self.reasons[row] for row in rows) if self.reasons else ()
        none: frozenset[int] = frozenset()
        return replace(self, seeds=tuple(self.seeds[row] for row in kept), reasons=reasons, stuck=none, found=none)

    @property
    def is_lower_better(self) -> bool:
        return not is_higher_better(self.name)

    @property
    def is_loss(self) -> bool:
        return self.name.endswith("loss")

    @cached_property
    def held(self) -> tuple[Values, ...]:
        """Return each seed with its last value repeated to the end, as quantiles use it."""
        return tuple(_hold(values) for values in self.seeds)

    @cached_property
    def columns(self) -> tuple[tuple[float, ...], ...]:
        """Return the sorted values of all seeds at each point; none where every seed has ended."""
        known = [place for values in self.seeds for place, value in enumerate(values) if value is not None]
        points = zip(range(max(known, default=-1) + 1), zip(*self.held, strict=True), strict=False)
        some = tuple(tuple(sorted(v for v in point if v is not None)) for _, point in points)
        return some + ((),) * (max(map(len, self.held), default=0) - len(some))

    def quantile(self, share: float) -> Values:
        return tuple(quantile(column, share) if column else None for column in self.columns)

    @cached_property
    def median(self) -> Values:
        return self.quantile(0.5)

    @cached_property
    def finals(self) -> Values:
        return tuple(values[-1] if values else None for values in self.held)

    @cached_property
    def diverged(self) -> frozenset[int]:
        return frozenset(i for i, reason in enumerate(self.reasons) if reason == "diverged")


def quantile(ordered: tuple[float, ...] | list[float], share: float) -> float:
    """Interpolate linearly between order statistics, as NumPy does by default."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    low, high = ordered[below], ordered[above]
    return low if low == high else low + (high - low) * (place - below)


def first_of(values: Values) -> float | None:
    return next((v for v in values if v is not None), None)


def curve_names(document: Drawable) -> tuple[str, ...]:
    """List the recorded curves, those of training first."""
    names = document.curves
    return tuple(sorted(names, key=lambda name: (not name.startswith("train"), not name.endswith("loss"), name)))


def series(document: Drawable, name: str) -> Series:
    """Read one curve from a result document, or from progress with its `points`.

    The x axis of a run of at most one epoch is in steps.
    """
    if isinstance(document, Progress):
        return _from_progress(document, name)
    x, by_step = points_of(document)
    reasons = tuple(stop.reason for stop in document.stop)
    rows = _whole(document, document.curves.get(name, ()))
    made = _series(name, x, rows, by_step, x[-1] if x else 0.0, reasons)
    return replace(made, stuck=stuck_places(document), found=found_places(document)) if made.is_loss else made


def companions_of(name: str) -> tuple[str, ...]:
    """Return the names of the same measure on the other parts of the data, which are drawn beside that of training."""
    part, underscore, measure = name.partition("_")
    return (f"val_{measure}", f"test_{measure}") if part == "train" and underscore else ()


def points_of(document: Recorded) -> tuple[tuple[float, ...], bool]:
    """Return the x values of the recorded points, and whether they are steps."""
    by_step = bool(document.epochs) and document.epochs[-1] <= 1
    return tuple(map(float, document.steps if by_step else document.epochs)), by_step


def counts_steps(document: Recorded) -> bool:
    """Return whether the curves of a result are over steps: it has at most one epoch."""
    return points_of(document)[1]


def stuck_places(document: Recorded) -> frozenset[int]:
    """Return the indices of the seeds that the engine found stuck."""
    seeds = set(document.stuck)
    return frozenset(place for place, seed in enumerate(document.seeds) if seed in seeds)


def found_places(document: Recorded) -> frozenset[int]:
    """Return the indices of the seeds with a finding that at most half of the seeds have."""
    few = [set(each.seeds) for each in document.known_findings if 2 * len(each.seeds) <= len(document.seeds)]
    seeds = set[int]().union(*few)
    return frozenset(place for place, seed in enumerate(document.seeds) if seed in seeds)


def _whole(document: Recorded, rows: Curve) -> Curve:
    """Insert empty lines for seeds that a card left out."""
    if len(document.columns) == len(document.seeds):
        return rows
    places = {row: place for place, row in enumerate(document.columns)}
    everyone = range(len(document.seeds))
    return tuple(tuple(row[places[seed]] if seed in places else None for seed in everyone) for row in rows)


def spark_series(summary: Summary) -> Series:
    """Read the median from a summary."""
    x = tuple(float(epoch) for epoch, _value in summary.spark)
    by_step = bool(x) and x[-1] <= 1
    rows = tuple((value,) for _epoch, value in summary.spark)
    return _series(summary.name, x, rows, by_step, x[-1] if x else 0.0, ())


def _from_progress(progress: Progress, name: str) -> Series:
    points, total = progress.points, progress.epochs
    by_step = total <= 1
    x = tuple(float(point[1] if by_step else point[0]) for point in points)
    last = max(x[-1] if x else 0.0, 0.0 if by_step else float(total))
    return _series(name, x, tuple(point[2].get(name, ()) for point in points), by_step, last, ())


def _series(
    name: str,
    x: tuple[float, ...],
    rows: Curve,
    by_step: bool,
    x_last: float,
    reasons: tuple[str, ...],
) -> Series:
    count = max((len(row) for row in rows), default=0)
    full = [row + (None,) * (count - len(row)) for row in rows]
    seeds = tuple(_within_range(tuple(_finite(v) for v in column)) for column in zip(*full, strict=True))
    return Series(name, x[: len(rows)], seeds, "step" if by_step else "epoch", x_last, reasons)


def _finite(value: float | None) -> float | None:
    """Read a recorded value, clamped to the range of an axis, 1e-300 … 1e300."""
    if value is None or not math.isfinite(value):
        return None
    return 0.0 if abs(value) < 1e-300 else max(-MOST, min(MOST, float(value)))


def _within_range(values: Values) -> Values:
    """Leave out the end of a seed that grew beyond the range of an axis: there it would be flat."""
    end = len(values)
    while end and ((value := values[end - 1]) is None or abs(value) >= MOST):
        end -= 1
    return values[:end] + (None,) * (len(values) - end) if end else values


def _hold(values: Values) -> Values:
    held: list[float | None] = []
    last: float | None = None
    for value in values:
        last = value if value is not None else last
        held.append(last)
    return tuple(held)
