"""Draw the histogram of one layer's numbers."""

from __future__ import annotations

from dataclasses import replace

from bpsandbox.document import Histogram
from bpsandbox.messages import _
from bpsandbox.numbers import grouped, short

from . import svg
from .plane import Spot, plane, ticks
from .ticks import Axis, are_equal, linear_axis, tick_text

WIDTH, HEIGHT = 2400, 1000


def bars(histogram: Histogram, title: str, *, prefix: str, class_: str = "") -> tuple[str, list[Spot]]:
    """Return the drawing, and what is read at each bin. Equal numbers are one bar."""
    counts = histogram.counts
    highest = max(counts, default=0) or 1
    low, high = histogram.low, histogram.high
    if are_equal(low, high):
        room = abs(low) * 0.1 or 0.1
        low, high = low - room, high + room
        counts = tuple(sum(counts) if k == len(counts) // 2 else 0 for k in range(len(counts)))
        highest = sum(counts) or 1
    wide = WIDTH / len(counts)
    drawn = "".join(
        svg.tag("rect", x=k * wide + wide * 0.06, y=HEIGHT * (1 - count / highest), width=wide * 0.88,
                height=HEIGHT * count / highest)
        for k, count in enumerate(counts) if count
    )  # fmt: skip
    texts = title, _("{count} numbers from {low} to {high}.", count=grouped(sum(counts)), low=short(histogram.low),
                     high=short(histogram.high))  # fmt: skip
    axis = linear_axis(0.0, float(highest), 4)
    drawing = plane(drawn, _ends(ticks(low, high, 4)), axis, texts, box=(WIDTH, HEIGHT), prefix=prefix,
                    class_=f"bars {class_}".strip(), names=("", ""))  # fmt: skip
    return drawing, [
        ((k + 0.5) / len(counts), 1 - count / highest, _reading(low, (high - low) / len(counts), k, count))
        for k, count in enumerate(counts)
    ]


def _ends(axis: Axis) -> Axis:
    """Return the axis with its ends as ticks where it has fewer than two: one number is no scale."""
    if len(axis.ticks) >= 2:
        return axis
    step = (axis.high - axis.low) / 20
    ends = tuple((end, tick_text(end, step)) for end in (axis.low, axis.high))
    near = (axis.high - axis.low) / 5
    inner = tuple(tick for tick in axis.ticks if axis.low + near < tick[0] < axis.high - near)
    return replace(axis, ticks=(ends[0], *inner, ends[1]))


def _reading(low: float, step: float, k: int, count: int) -> str:
    ends = {"low": short(low + k * step), "high": short(low + (k + 1) * step)}
    return _("{low} to {high}: {count}", count=grouped(count), **ends)
