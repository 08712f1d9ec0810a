"""The lines of a curve without a format, for pictures that are not SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from .scales import value_axis
from .series import Drawable, Values, series
from .settings import best_setting
from .ticks import Axis, counting_axis
from .words import curve_title

Line: TypeAlias = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Sketch:
    """A curve in shares of its plot: (0, 0) is its lower left corner, (1, 1) its upper right one."""

    title: str
    unit: str
    median: Line
    seeds: tuple[Line, ...]
    off: frozenset[int]
    """The places in `seeds` of those that are stuck or have diverged."""
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]
    """The ticks of both axes, with their labels."""


def sketch(document: Drawable, *, name: str = "train_loss") -> Sketch | None:
    """Return the lines of one curve, of a sweep those of its best setting; None without points."""
    main = series(document, name)
    best = best_setting(document, name)
    main = best.line if best else main
    if not any(main.columns):
        return None
    x, y = counting_axis(main.x_last, 6), value_axis(main, [], log=True)
    lines = [_line(main.x, values, x, y) for values in main.seeds]
    return Sketch(
        title=curve_title(main.name),
        unit=main.unit,
        median=_line(main.x, main.median, x, y),
        seeds=tuple(lines),
        off=main.stuck | main.diverged,
        across=tuple((x.at(value), label) for value, label in x.ticks),
        up=tuple((y.at(value), label) for value, label in y.ticks),
    )


def _line(xs: tuple[float, ...], values: Values, x: Axis, y: Axis) -> Line:
    points = ((x.at(at), y.at(value)) for at, value in zip(xs, values, strict=False) if value is not None)
    return tuple((across, min(1.0, max(0.0, up))) for across, up in points)
