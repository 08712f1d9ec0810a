"""Show every setting of a sweep: as small multiples, as a heat map of two varied fields, in parallel coordinates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from bpsandbox.messages import _, sentences
from bpsandbox.numbers import grouped, short

from . import svg
from .frame import Plot, band, frame, path, size_name, window
from .layouts import SMALL
from .scales import value_axis
from .series import Drawable, Series
from .settings import Setting, headings, settings, shown
from .several import Line, axis_for
from .ticks import counting_axis
from .words import curve_title

SHADES = 10
MOST_POINTS = 60


@dataclass(frozen=True)
class Multiple:
    """A setting with a small drawing of its seeds."""

    setting: Setting
    drawing: str


@dataclass(frozen=True)
class Multiples:
    """All settings of a sweep on the same axes, which `axes` puts in words."""

    settings: tuple[Multiple, ...]
    axes: str


def multiples(document: Drawable, name: str = "train_loss", *, log: bool = True) -> Multiples | None:
    """Draw each setting by itself, in the order of the config; None without points.

    The axes are those of the medians. A loss that rises far above its start leaves the drawing at the top: one setting
    that diverges would else make lines of all others.
    """
    made = settings(document, name)
    main = _medians(made)
    if main is None:
        return None
    plot = Plot(SMALL, counting_axis(main.x_last), value_axis(main, (), log))
    return Multiples(tuple(Multiple(each, _small(each, plot)) for each in made), _axes_words(plot, made))


def _medians(made: Sequence[Setting]) -> Series | None:
    """Return the medians of all settings as one series, without what is far above the start, for its axes."""
    lines = [each.line for each in made if any(each.line.columns)]
    if not lines:
        return None
    first = max(lines, key=lambda line: len(line.x))
    top = _top(lines)
    medians = tuple(tuple(None if v is None else min(v, top) for v in line.median) for line in lines)
    return Series(first.name, first.x, medians, first.unit, first.x_last)


def _top(lines: Sequence[Series]) -> float:
    """Return how high a loss may rise in a drawing: to twice the highest start."""
    starts = [next((v for v in line.median if v is not None), 0.0) for line in lines]
    return 2 * max(starts) if lines[0].is_loss and max(starts) > 0 else math.inf


def _axes_words(plot: Plot, made: Sequence[Setting]) -> str:
    words = _("Each shows {unit} 0 to {last} and values from {low} to {high}.")
    if plot.y.is_log:
        words = _("Each shows {unit} 0 to {last} and values from {low} to {high}, on a log scale.")
    unit = _("step") if made[0].line.unit == "step" else _("epoch")
    words = words.format(unit=unit, last=grouped(plot.x.high), low=short(plot.y.low), high=short(plot.y.high))
    rises = any(v is not None and v > plot.y.high for each in made for v in each.line.median)
    return sentences(words, _("Curves that rise higher leave at the top.") if rises else "")


def _small(setting: Setting, plot: Plot) -> str:
    line = setting.line
    around = band(line.x, line.quantile(0.25), line.quantile(0.75), plot) if len(line.seeds) > 2 else ""
    median = path(plot.points(line.x, line.median), "median", plot, MOST_POINTS, tolerance=6)
    title = _("Setting {number}: {words}, final median {value}",
              number=setting.number, words=setting.words, value=short(setting.final))  # fmt: skip
    return svg.tag(
        "svg", window(plot, svg.tag("g", around + median, class_=f"setting {_fate(setting)}")),
        class_="curve", role="img", aria_label=title, **frame(plot.layout, False), height=plot.layout.height,
        data_size=size_name(plot.layout),
    )  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A setting in a heat map; `shade` is 0 for the worst and 9 for the best, None without a number."""

    text: str
    shade: int | None
    number: int
    failed: int


@dataclass(frozen=True)
class HeatMap:
    """Final medians by two varied fields; a cell is None where that pair was not tried."""

    row_name: str
    column_name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]
    caption: str


def heat_map(document: Drawable, name: str = "train_loss") -> HeatMap | None:
    """Return the settings of a sweep of two fields as a table; None for any other number of fields."""
    made = settings(document, name)
    if not made or len(made[0].values) != 2:
        return None
    row_path, column_path = made[0].values
    rows, columns = (_ordered([each.values[path] for each in made]) for path in (row_path, column_path))
    shades = _shades([each.final for each in made], lower_is_better=made[0].line.is_lower_better)
    cells = {
        (_key(each.values[row_path]), _key(each.values[column_path])): Cell(
            short(each.final), shade, each.number, each.failed
        )
        for each, shade in zip(made, shades, strict=True)
    }
    row_name, column_name = headings((row_path, column_path))
    return HeatMap(
        row_name,
        column_name,
        tuple(map(shown, columns)),
        tuple((shown(row), tuple(cells.get((_key(row), _key(column))) for column in columns)) for row in rows),
        _("{curve}, final median of the seeds", curve=curve_title(name)),
    )


def _key(value: Any) -> str:
    return repr(value)


def _ordered(values: Sequence[Any]) -> list[Any]:
    """Return different values: numbers by size, others in the order of the config."""
    known = list({_key(value): value for value in values}.values())
    are_numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in known)
    return sorted(known) if are_numbers else known


def _shades(values: Sequence[float | None], *, lower_is_better: bool) -> list[int | None]:
    """Return how good each value is, by its share of the range: of the logarithms if all are positive."""
    known = [value for value in values if value is not None]
    if not known:
        return [None] * len(values)
    scale = math.log if min(known) > 0 else float
    low, high = scale(min(known)), scale(max(known))
    span = (high - low) or 1.0

    def shade(value: float) -> int:
        share = (scale(value) - low) / span
        return min(SHADES - 1, int(SHADES * (1 - share if lower_is_better else share)))

    return [None if value is None else shade(value) for value in values]


COLUMN, HEIGHT, TOP, SIDE = 150, 250, 30, 70
MOST_ACROSS, LEAST_COLUMN = 520, 110
"""Many fields share the width of a panel, as long as their values can be read."""


def parallel(document: Drawable, name: str = "train_loss", *, prefix: str = "parallel") -> str:
    """Draw each setting as a line through its values and its final median; empty without a sweep.

    Values of a field are evenly spaced in their order. Settings without a number, and those that mostly diverged, end
    at the bottom of the last axis, where worst is.
    """
    made = settings(document, name)
    if not made or all(each.final is None for each in made):
        return ""
    paths = list(made[0].values)
    orders = [_ordered([each.values[path] for each in made]) for path in paths]
    ends = _ends(made)
    column = max(LEAST_COLUMN, min(COLUMN, MOST_ACROSS // len(paths)))
    width = 2 * SIDE + column * len(paths)
    shares = [[_share(order, each.values[path]) for path, order in zip(paths, orders, strict=True)] for each in made]
    drawn = sorted(zip(made, shares, ends, strict=True), key=lambda parts: -parts[0].rank)
    lines = "".join(_polyline(each, column, [*own, end]) for each, own, end in drawn)
    axes = "".join(_axis(SIDE + i * column, heading, [shown(v) for v in order]) for i, (heading, order) in
                   enumerate(zip(headings(paths), orders, strict=True)))  # fmt: skip
    title = _("{count} settings: what each varies, and its final median", count=len(made))
    best = min(made, key=lambda each: each.rank)
    description = _("Best is {words}, {value}.", words=best.words, value=short(best.final))
    return svg.tag(
        "svg",
        svg.titled(title, description, prefix) + lines + axes + _last_axis(SIDE + column * len(paths), made, name),
        class_="parallel",
        viewBox=f"0 0 {width} {HEIGHT}",
        width=width,
        height=HEIGHT,
        **svg.labelled(prefix),
    )


def _share(order: list[Any], value: Any) -> float:
    """Return the height of a value among all of its field, as a share from the bottom."""
    place = [_key(each) for each in order].index(_key(value))
    return 0.5 if len(order) == 1 else place / (len(order) - 1)


def _ends(made: Sequence[Setting]) -> list[float]:
    """Return the heights of the final medians, the best at the top."""
    finals = [None if 2 * each.failed > each.seeds else each.final for each in made]
    axis = axis_for([Line("", "", tuple(finals))], log=made[0].line.is_loss) if any(
        value is not None for value in finals) else None  # fmt: skip
    if axis is None:
        return [0.0] * len(made)
    heights = [0.0 if value is None else min(1.0, max(0.0, axis.at(value))) for value in finals]
    is_lower = made[0].line.is_lower_better
    return [
        height if not is_lower else 0.0 if value is None else 1 - height
        for value, height in zip(finals, heights, strict=True)
    ]


def _y(share: float) -> float:
    return TOP + (1 - share) * (HEIGHT - TOP - 24)


def _polyline(setting: Setting, column: int, shares: list[float]) -> str:
    points = " ".join(f"{SIDE + i * column:g},{_y(share):.1f}" for i, share in enumerate(shares))
    words = _("Setting {number}: {words}, final median {value}",
              number=setting.number, words=setting.words, value=short(setting.final))  # fmt: skip
    return svg.tag("polyline", svg.tag("title", escape(words)), class_=f"setting {_fate(setting)}", points=points)


def _axis(x: int, heading: str, words: list[str]) -> str:
    labels = "".join(
        svg.text(text, x=x - 6, y=_y(0.5 if len(words) == 1 else i / (len(words) - 1)) + 4, text_anchor="end")
        for i, text in enumerate(words)
    )
    return _rule(x) + svg.text(heading, class_="caption", x=x, y=14, text_anchor="middle") + labels


def _last_axis(x: int, made: Sequence[Setting], name: str) -> str:
    """Draw the axis of the final medians, with the best and the worst number."""
    known = sorted((each for each in made if each.final is not None), key=lambda each: each.rank)
    ends = svg.text(short(known[0].final), x=x + 8, y=_y(1) + 4) + svg.text(
        short(known[-1].final), x=x + 8, y=_y(0) + 4
    )
    return _rule(x) + svg.text(curve_title(name), class_="caption", x=x, y=14, text_anchor="middle") + ends


def _rule(x: float) -> str:
    return svg.tag("line", class_="axis", x1=x, x2=x, y1=_y(1), y2=_y(0))


def _fate(setting: Setting) -> str:
    """Return the class of a setting's line: most of its seeds diverged, the best, or another."""
    if 2 * setting.failed > setting.seeds:
        return "is-diverged"
    return "is-best" if setting.rank == 0 else "is-other"
