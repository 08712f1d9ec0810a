"""Draw one curve of several runs in one chart: the median of each, with its seeds or their quartiles."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bpsandbox.document import Document, Progress
from bpsandbox.messages import _
from bpsandbox.numbers import grouped, short

from .look import PLAIN, Look
from .series import Series, Values, series
from .several import Line, Subject, axis_for, several
from .table import Table
from .words import curve_title

ROOM = 4.0
MOST_THIN = 2
"""Up to so many seeds are drawn as lines; more as a band between their quartiles."""


@dataclass(frozen=True)
class Overlaid:
    """A run in a chart of several: its key, its name, its result or the points it came to, its hue, and the seeds
    to draw (None: all).

    `steps` are the steps of the points where they are not the document's, in a setting of a sweep.
    """

    key: str
    word: str
    document: Document | Progress
    rank: int
    rows: tuple[int, ...] | None = None
    steps: tuple[float, ...] = ()


def overlay(
    runs: Sequence[Overlaid],
    name: str,
    *,
    by_step: bool = False,
    log: bool = True,
    look: Look = PLAIN,
    size: str = "fluid",
    prefix: str = "overlay",
    standalone: bool = False,
) -> str:
    """Draw a curve of those runs that have it, in the range of a look; empty without any.

    Points are thinned after the cut. Seeds that diverged leave the plot at the top, unless all did, and so does a loss
    far above the highest start.
    """
    lines = _lines(runs, name, by_step, look)
    if not lines:
        return ""
    is_loss = name.endswith("loss")
    healthy = _lines(runs, name, by_step, look, without_diverged=True) or lines
    shown = _below(healthy, _highest(healthy, name))
    axis = axis_for(shown, log=log and is_loss, top=None if is_loss else _top(healthy))
    caption = curve_title(name)
    subject = Subject(
        _("{curve} of {count} runs", curve=caption, count=len(lines)),
        _("; ").join(_end(line) for line in lines),
        _("{curve}, log scale", curve=caption) if axis.is_log else caption,
        "step" if by_step else "epoch",
    )
    first = _first(lines, look)
    return several(
        _longest(lines).xs, lines, subject, axis=axis, first=first, size=size, prefix=prefix, standalone=standalone
    )


def overlay_span(
    runs: Sequence[Overlaid], name: str, *, by_step: bool = False, look: Look = PLAIN
) -> tuple[float, float]:
    """Return the ends of the x axis; without a range, those of the whole chart."""
    lines = _lines(runs, name, by_step, look)
    return (_first(lines, look), _longest(lines).xs[-1]) if lines else (0.0, 1.0)


def leaving(runs: Sequence[Overlaid], name: str, *, by_step: bool = False, look: Look = PLAIN) -> list[str]:
    """Return the keys of the runs whose median is not in the chart all the way: it leaves it at the top."""
    lines = _lines(runs, name, by_step, look)
    highest = _highest(_lines(runs, name, by_step, look, without_diverged=True) or lines, name)
    return [line.key for line in lines if any(value is not None and value > highest for value in line.values)]


def overlay_table(
    runs: Sequence[Overlaid], name: str, *, by_step: bool = False, look: Look = PLAIN, most: int = 24
) -> Table | None:
    """Return a column of medians for each run; a run that has ended has no more values."""
    lines = _lines(runs, name, by_step, look)
    if not lines:
        return None
    headers = (_("Step") if by_step else _("Epoch"), *(f"{line.key}: {line.word}" for line in lines))
    rows = tuple((grouped(x), *(short(_at(line, x), 4) for line in lines)) for x in _sampled(lines, most))
    return Table(curve_title(name), headers, rows)


def overlay_readings(
    runs: Sequence[Overlaid], name: str, *, by_step: bool = False, look: Look = PLAIN, most: int = 200
) -> list[list[Any]]:
    """Return [share of the width, position, medians of all runs] for points of the chart, formatted."""
    lines = _lines(runs, name, by_step, look)
    if not lines:
        return []
    first = _first(lines, look)
    width = max(_longest(lines).xs[-1] - first, 1.0)
    return [
        [
            round((x - first) / width, 4),
            grouped(x),
            " · ".join(f"{line.key} {short(_at(line, x), 4)}" for line in lines),
        ]
        for x in _sampled(lines, most)
    ]


def _lines(
    runs: Sequence[Overlaid], name: str, by_step: bool, look: Look, *, without_diverged: bool = False
) -> list[Line]:
    """Return the lines of those runs that have a value of this curve in the range.

    Seeds are left out before the cut: after it, those that ended before the range would have no value to hold.
    """
    placed = [(run, _placed(run, name, by_step)) for run in runs]
    if without_diverged:
        placed = [(run, line.of(_finite_seeds(line))) for run, line in placed]
    cut = [(run, _within(line, look)) for run, line in placed]
    return [_line(run, line) for run, line in cut if any(line.columns)]


def _highest(lines: Sequence[Line], name: str) -> float:
    """Return how high a loss may rise in a chart: one that explodes would else make lines of all others."""
    starts = [next((value for value in line.values if value is not None), 0.0) for line in lines]
    return ROOM * max(starts) if name.endswith("loss") and max(starts) > 0 else math.inf


def _below(lines: Sequence[Line], highest: float) -> list[Line]:
    def cut(values: Values) -> Values:
        return tuple(None if value is None else min(value, highest) for value in values)

    return [
        replace(line, values=cut(line.values), low=cut(line.low), high=cut(line.high), thin=tuple(map(cut, line.thin)))
        for line in lines
    ]


def _finite_seeds(line: Series) -> list[int]:
    return [place for place in range(len(line.seeds)) if place not in line.diverged]


def _line(run: Overlaid, line: Series) -> Line:
    count = len(line.seeds)
    band: tuple[Values, Values] = (line.quantile(0.25), line.quantile(0.75)) if count > MOST_THIN else ((), ())
    thin = line.seeds if 1 < count <= MOST_THIN else ()
    return Line(run.key, run.word, line.median, *band, thin=thin, rank=run.rank, xs=line.x)


def _placed(run: Overlaid, name: str, by_step: bool) -> Series:
    """Read a curve on the chosen axis."""
    line = series(run.document, name)
    if run.rows is not None:
        line = line.of(run.rows)
    epochs, steps = _points(run.document)
    return replace(line, x=((run.steps or steps) if by_step else epochs)[: len(line.x)])


def _points(document: Document | Progress) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the epochs and the steps of the points."""
    if isinstance(document, Progress):
        return tuple(float(epoch) for epoch, *_ in document.points), tuple(
            float(step) for _, step, _ in document.points
        )
    return tuple(map(float, document.epochs)), tuple(map(float, document.steps))


def _within(line: Series, look: Look) -> Series:
    """Return the points of a range; none of a run that has fewer than two there."""
    if not look.is_zoomed:
        return line
    start, end = look.start or 0.0, math.inf if look.end is None else look.end
    inside = [place for place, x in enumerate(line.x) if start <= x <= end]
    part = slice(inside[0], inside[-1] + 1) if len(inside) > 1 else slice(0)
    cut = replace(line, x=line.x[part], seeds=tuple(values[part] for values in line.seeds))
    cut.__dict__["held"] = tuple(values[part] for values in line.held)  # what held before the range holds within it
    return cut


def _first(lines: Sequence[Line], look: Look) -> float:
    return min(line.xs[0] for line in lines) if look.is_zoomed else 0.0


def _longest(lines: Sequence[Line]) -> Line:
    return max(lines, key=lambda line: line.xs[-1])


def _sampled(lines: Sequence[Line], most: int) -> list[float]:
    """Choose at most `most` points of the longest run, evenly, with the first and the last."""
    xs = _longest(lines).xs
    if len(xs) <= most:
        return list(xs)
    return [xs[round(k * (len(xs) - 1) / (most - 1))] for k in range(most)]


def _at(line: Line, x: float) -> float | None:
    """Return the last value of a line up to x; None where it has not begun or has ended."""
    place = bisect_right(line.xs, x) - 1
    return None if place < 0 or x > line.xs[-1] else line.values[place]


def _top(lines: Sequence[Line]) -> float | None:
    """Return 1 for shares such as accuracy."""
    values = [v for line in lines for each in (line.values, line.high) for v in each if v is not None]
    return 1.0 if min(values) >= 0 and 0.5 < max(values) <= 1 else None


def _end(line: Line) -> str:
    value = next((v for v in reversed(line.values) if v is not None), None)
    return _("{key}: {words}, median {value}", key=line.key, words=line.word, value=short(value))
