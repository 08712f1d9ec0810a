"""Draw several coloured lines in one chart, for layers or settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from bpsandbox.runner.ranking import MOST_DRAWN

from . import svg
from .frame import LABEL_GAP, EndLabel, Plot, band, captioned, drawn, moment_line, path, spread, window
from .layouts import SIZES
from .series import Values
from .ticks import Axis, linear_axis, log_axis, range_axis

HUES = MOST_DRAWN
"""Number of colours; further lines repeat them with other dashes."""


def hue(rank: int) -> str:
    """Return the classes of a line by its place."""
    return f"hue hue-{rank % HUES}" + (" again" if rank >= HUES else "")


@dataclass(frozen=True)
class Line:
    """A line with its key (a number) and its name, and optionally a band or thin lines of seeds.

    `tail` is text after the key at the end of the line, if there is room. `xs` are its places on the x axis where
    lines differ in them.
    """

    key: str
    word: str
    values: Values
    low: Values = ()
    high: Values = ()
    thin: tuple[Values, ...] = ()
    rank: int = 0
    tail: str = ""
    xs: tuple[float, ...] = ()

    @property
    def hue(self) -> str:
        return hue(self.rank)


@dataclass(frozen=True)
class Subject:
    """The texts of a chart: title and description for screen readers, the caption, and the unit of x."""

    title: str
    description: str
    caption: str
    unit: str = "epoch"


def several(
    xs: tuple[float, ...],
    lines: Sequence[Line],
    subject: Subject,
    *,
    axis: Axis | None = None,
    across: Axis | None = None,
    first: float = 0.0,
    last: float = 0.0,
    size: str = "fluid",
    standalone: bool = False,
    prefix: str = "lines",
    at: float | None = None,
) -> str:
    """Draw several lines, each with its key at its end, and a line at one place of x; empty without data.

    The x axis counts up to `last` unless another one is given as `across`.
    """
    if not any(value is not None for line in lines for value in line.values):
        return ""
    layout = SIZES["wide" if standalone and size == "fluid" else size]
    across = across or range_axis(first, max(last, xs[-1] if xs else 0.0), layout.most_ticks)
    plot = Plot(layout, across, axis or axis_for(lines, log=False))
    inner = window(plot, "".join(_drawn(line, xs, plot) for line in reversed(lines)))
    inner = (
        captioned(subject.caption, subject.unit, plot)
        + moment_line(at, plot)
        + inner
        + ("" if layout.is_bare else _ends(xs, lines, plot))
    )
    return drawn(plot, (subject.title, subject.description), inner, prefix=prefix, standalone=standalone)


def axis_for(lines: Iterable[Line], *, log: bool, top: float | None = None) -> Axis:
    """Return the axis for the values of all lines; on a log axis zeros are at the bottom."""
    values = [
        v for line in lines for each in (line.values, line.low, line.high, *line.thin) for v in each if v is not None
    ]
    positive = [value for value in values if value > 0]
    if log and positive and min(values) >= 0:
        return log_axis(max(min(positive), 1e-300), max(positive))
    return linear_axis(min(values), max(values) if top is None else top)


def _drawn(line: Line, xs: tuple[float, ...], plot: Plot) -> str:
    xs = line.xs or xs
    around = band(xs, line.low, line.high, plot) if line.low and len(xs) > 1 else ""
    thin = "".join(path(plot.points(xs, seed), "seed", plot, 80, tolerance=6) for seed in line.thin if any(seed))
    return svg.tag("g", around + thin + path(plot.points(xs, line.values), "median", plot, 300), class_=line.hue)


def _ends(xs: tuple[float, ...], lines: Sequence[Line], plot: Plot) -> str:
    """Write the key of every line at its end, or where it leaves the plot, moved apart where keys would overlap."""
    labels = [_label(xs, line, plot) for line in lines]
    top, height = plot.layout.top, plot.layout.plot_height
    gap = min(float(LABEL_GAP), height / max(1, len(labels)))
    heights = spread([plot.layout.down(label.height) for label in labels], gap, top + 6, top + height)
    return "".join(_end(line, label, y, plot) for line, label, y in zip(lines, labels, heights, strict=True))


def _end(line: Line, label: EndLabel, y: float, plot: Plot) -> str:
    has_tail = line.tail and plot.layout.has_long_labels
    tail = svg.tag("tspan", escape(f" {line.tail}"), class_="word") if has_tail else ""
    key = escape(f"{label.number} {label.word}".strip())
    return svg.tag("text", key + tail, class_=label.class_, **plot.layout.across(label.across, 9), y=y + 4)


def _label(xs: tuple[float, ...], line: Line, plot: Plot) -> EndLabel:
    """Place the key at the last value; of a line that leaves the plot at the top, at the last one within it."""
    xs = line.xs or xs
    known = [(i, plot.y.at(value)) for i, value in enumerate(line.values) if value is not None]
    inside = [(i, height) for i, height in known if height <= 1]
    last, height = (inside or known[:1] or [(0, 1.0)])[-1]
    leaves = known[-1:] != [(last, height)] if known else False
    across = plot.x.at(xs[last]) if xs else 0.0
    return EndLabel(across, 1.0 if leaves else min(1.0, max(0.0, height)), "↑" * leaves, line.key, f"end {line.hue}")
