"""Show every setting of a sweep: as small multiples, and as a heat map of two varied fields."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bpsandbox.messages import _, sentences
from bpsandbox.numbers import grouped, short

from . import svg
from .frame import Plot, band, frame, path, size_name, window
from .layouts import SMALL
from .look import PLAIN, Look, within
from .reading import read
from .scales import value_axis
from .series import Drawable, Series
from .settings import Setting, headings, settings, shown
from .ticks import are_equal, range_axis
from .words import curve_title

SHADES = 10
MOST_POINTS = 60
MOST_READ = 40


@dataclass(frozen=True)
class Multiple:
    """A setting with a small drawing of its seeds, and the values along it as JSON."""

    setting: Setting
    drawing: str
    readings: str


@dataclass(frozen=True)
class Multiples:
    """All settings of a sweep on the same axes, which `axes` puts in words."""

    settings: tuple[Multiple, ...]
    axes: str


def multiples(
    document: Drawable, name: str = "train_loss", *, log: bool = True, look: Look = PLAIN, only: str = ""
) -> Multiples | None:
    """Draw each setting by itself, in the order of the config; None without points.

    The axes are those of the medians. A loss that rises far above its start leaves the drawing at the top: one setting
    that diverges would else make lines of all others. With a number, `only` that setting is drawn, on the same axes.
    """
    made = tuple(replace(setting, line=within(setting.line, look)) for setting in settings(document, name))
    main = _medians(made)
    if main is None:
        return None
    plot = Plot(SMALL, range_axis(main.x[0] if look.is_zoomed else 0.0, main.x_last), value_axis(main, (), log))
    drawn = tuple(_multiple(each, plot) for each in made if only in ("", str(each.number)))
    return Multiples(drawn, _axes_words(plot, made))


def _medians(made: Sequence[Setting]) -> Series | None:
    """Return the medians of all settings as one series, without what is far above the start, for its axes."""
    lines = [each.line for each in made if any(each.line.columns)]
    if not lines:
        return None
    first = max(lines, key=lambda line: len(line.x))
    top = top_of(lines)
    medians = tuple(tuple(None if v is None else min(v, top) for v in line.median) for line in lines)
    return Series(first.name, first.x, medians, first.unit, first.x_last)


def top_of(lines: Sequence[Series]) -> float:
    """Return how high a loss may rise in a drawing: to twice the highest start."""
    starts = [next((v for v in line.median if v is not None), 0.0) for line in lines]
    return 2 * max(starts) if lines[0].is_loss and max(starts) > 0 else math.inf


def _axes_words(plot: Plot, made: Sequence[Setting]) -> str:
    words = _("Each shows {unit} {first} to {last} and values from {low} to {high}.")
    if plot.y.is_log:
        words = _("Each shows {unit} {first} to {last} and values from {low} to {high}, on a log scale.")
    unit = _("step") if made[0].line.unit == "step" else _("epoch")
    words = words.format(
        unit=unit, first=grouped(plot.x.low), last=grouped(plot.x.high), low=short(plot.y.low), high=short(plot.y.high)
    )
    rises = any(v is not None and v > plot.y.high for each in made for v in each.line.median)
    return sentences(words, _("Curves that rise higher leave at the top.") if rises else "")


def _multiple(setting: Setting, plot: Plot) -> Multiple:
    readings = read(setting.line, plot.x.low, plot.x.high, MOST_READ)
    return Multiple(setting, _small(setting, plot), json.dumps(readings, ensure_ascii=False, separators=(",", ":")))


def _small(setting: Setting, plot: Plot) -> str:
    line = setting.line
    around = band(line.x, line.quantile(0.25), line.quantile(0.75), plot) if len(line.seeds) > 2 else ""
    median = path(plot.points(line.x, line.median), "median", plot, MOST_POINTS, tolerance=6)
    return svg.tag(
        "svg", window(plot, svg.tag("g", around + median, class_=f"setting {fate(setting)}")),
        class_="curve", role="img", aria_label=setting.in_full, **frame(plot.layout, False), height=plot.layout.height,
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
    """Last medians by two varied fields; a cell is None where that pair was not tried."""

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
    rows, columns = (ordered([each.values[path] for each in made]) for path in (row_path, column_path))
    shades = _shades([each.final for each in made], lower_is_better=made[0].line.is_lower_better)
    cells = {
        (key(each.values[row_path]), key(each.values[column_path])): Cell(
            short(each.final), shade, each.number, each.failed
        )
        for each, shade in zip(made, shades, strict=True)
    }
    row_name, column_name = headings((row_path, column_path))
    caption = _("{curve}, final median of the seeds")
    if any(each.is_cut for each in made):
        caption = _("{curve}, median of the seeds when they stopped")
    return HeatMap(
        row_name,
        column_name,
        tuple(map(shown, columns)),
        tuple((shown(row), tuple(cells.get((key(row), key(column))) for column in columns)) for row in rows),
        caption.format(curve=curve_title(name)),
    )


def key(value: Any) -> str:
    return repr(value)


def ordered(values: Sequence[Any]) -> list[Any]:
    """Return different values: numbers by size, others in the order of the config."""
    known = list({key(value): value for value in values}.values())
    are_numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in known)
    return sorted(known) if are_numbers else known


def _shades(values: Sequence[float | None], *, lower_is_better: bool) -> list[int | None]:
    """Return how good each value is, by its share of the range: of the logarithms if all are positive.

    Values that differ by rounding alone are equally good.
    """
    known = [value for value in values if value is not None]
    if not known:
        return [None] * len(values)
    if are_equal(min(known), max(known)):
        return [None if value is None else SHADES - 1 for value in values]
    scale = math.log if min(known) > 0 else float
    low, high = scale(min(known)), scale(max(known))
    span = (high - low) or 1.0

    def shade(value: float) -> int:
        share = (scale(value) - low) / span
        return min(SHADES - 1, int(SHADES * (1 - share if lower_is_better else share)))

    return [None if value is None else shade(value) for value in values]


def fate(setting: Setting) -> str:
    """Return the class of a setting's line: most of its seeds diverged, the best, or another."""
    if 2 * setting.failed > setting.seeds:
        return "is-diverged"
    return "is-best" if setting.rank == 0 else "is-other"
