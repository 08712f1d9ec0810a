"""Draw how the histogram of one layer changes: a column for each epoch, in a stronger colour for more numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bpsandbox.document import Histogram
from bpsandbox.messages import _
from bpsandbox.numbers import grouped, short

from . import svg
from .plane import Spot, plane, ticks
from .ticks import Axis, are_equal

HEIGHT = 1000
SHADES = 5
LEAST = 12
"""Least height of a bin, so that equal numbers are seen."""
MOST_LABELS = 5


def track(
    epochs: Sequence[int],
    histograms: Sequence[Histogram | None],
    now: int,
    title: str,
    *,
    prefix: str,
    class_: str = "",
) -> tuple[str, list[Spot]] | None:
    """Return the drawing, and what is read at each epoch; None for fewer than two, or equal numbers.

    `now` is the place of the epoch that is marked. Each column is shaded by its own highest bin.
    """
    known = [each for each in histograms if each]
    low, high = min((h.low for h in known), default=0.0), max((h.high for h in known), default=0.0)
    if len(known) < 2 or are_equal(low, high):
        return None
    y, count = ticks(low, high, 4), len(epochs)
    painted: dict[int, list[str]] = defaultdict(list)
    for column, histogram in enumerate(histograms):
        if histogram:
            _paint(painted, column, histogram, y)
    inner = "".join(
        svg.tag("path", fill_opacity=0.18 * shade, d="".join(d)) for shade, d in sorted(painted.items())
    )  # fmt: skip
    inner += svg.tag("path", class_="now", d=f"M{now} 0h1v{HEIGHT}h-1z")
    every = -(-count // MOST_LABELS)
    x = Axis(0.0, count, False, tuple((k + 0.5, grouped(epochs[k])) for k in range(0, count, every)))
    texts = (
        title,
        _("From {low} to {high} over {count} recorded epochs.", low=short(low), high=short(high), count=count),
    )
    drawing = plane(inner, x, y, texts, box=(count, HEIGHT), prefix=prefix, class_=f"bars track {class_}".strip(),
                    names=(_("epoch"), ""))  # fmt: skip
    return drawing, [
        ((column + 0.5) / count, 1 - y.at(_mode(each)[0]), _reading(epochs[column], each))
        for column, each in enumerate(histograms) if each
    ]  # fmt: skip


def _paint(painted: dict[int, list[str]], column: int, histogram: Histogram, y: Axis) -> None:
    highest = max(histogram.counts, default=0)
    for place, count in enumerate(histogram.counts):
        if count:
            start, end = _bin(histogram, place)
            top, bottom = round(HEIGHT * (1 - y.at(end))), round(HEIGHT * (1 - y.at(start)))
            tall = max(LEAST, bottom - top)
            painted[-(-SHADES * count // highest)].append(f"M{column} {min(top, HEIGHT - tall)}h1v{tall}h-1z")


def _bin(histogram: Histogram, place: int) -> tuple[float, float]:
    step = (histogram.high - histogram.low) / len(histogram.counts)
    return histogram.low + place * step, histogram.low + (place + 1) * step


def _mode(histogram: Histogram) -> tuple[float, float]:
    return _bin(histogram, histogram.counts.index(max(histogram.counts)))


def _reading(epoch: int, histogram: Histogram) -> str:
    start, end = _mode(histogram)
    return _("epoch {epoch}: {low} to {high}, most in {start} to {end}", epoch=grouped(epoch),
             low=short(histogram.low), high=short(histogram.high), start=short(start), end=short(end))  # fmt: skip
