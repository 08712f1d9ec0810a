"""Draw a curve of several seeds as one SVG."""

from dataclasses import dataclass

from bpsandbox.document import Summary
from bpsandbox.messages import _
from bpsandbox.numbers import short

from . import svg
from .frame import (
    LABEL_GAP,
    EndLabel,
    Plot,
    band,
    captioned,
    centre,
    drawn,
    end,
    height_of,
    moment_line,
    path,
    spread,
    window,
)
from .layouts import SIZES
from .look import PLAIN, Look, of_seed, smoothed, within
from .scales import value_axis
from .series import Drawable, Series, Values, companions_of, curve_names, series, spark_series
from .settings import best_setting, settings_curve
from .spark import spark
from .ticks import range_axis
from .words import curve_title, description_of, part_word, title_of


def curve(
    document: Drawable,
    *,
    name: str = "train_loss",
    log: bool = True,
    size: str = "fluid",
    standalone: bool = False,
    prefix: str = "curve",
    look: Look = PLAIN,
    seeds: tuple[int, ...] = (),
) -> str:
    """Draw one recorded curve of a result document, or of progress; empty when it has no point yet.

    `size`: fluid (takes the width of its container; the style sheet sets the side margins), wide (720 px),
    narrow (320 px) or spark. Every id starts with `prefix`. `standalone` includes colours.
    """
    main = within(series(document, name), look)
    if not any(main.columns):
        return ""
    best = best_setting(document, name)
    if best and size != "spark":
        return settings_curve(document, name=name, log=log, size=size, standalone=standalone, prefix=prefix, look=look)
    if size == "spark":
        return spark(best.line if best else main, prefix=prefix, standalone=standalone)
    companions = _companions(document, main, look)
    layout = SIZES["wide" if standalone and size == "fluid" else size]
    across = range_axis(main.x[0] if look.is_zoomed else 0.0, main.x_last, layout.most_ticks)
    plot = Plot(layout, across, value_axis(main, companions, log))
    picked = seeds.index(look.seed) if look.seed in seeds else None
    return _drawing(Shown(main, companions, look, seeds, picked), plot, standalone, prefix)


def span(document: Drawable, name: str, look: Look = PLAIN) -> tuple[float, float]:
    """Return the ends of the x axis of a curve's drawing."""
    best = best_setting(document, name)
    main = within(best.line if best else series(document, name), look)
    axis = range_axis(main.x[0] if look.is_zoomed and main.x else 0.0, main.x_last)
    return axis.low, axis.high


FATES = ("found", "stuck", "diverged")
"""What seeds are drawn stronger for, the last on top."""


@dataclass(frozen=True)
class Shown:
    """What is drawn: the curve, its companions, and the place of the seed that was picked."""

    main: Series
    companions: list[Series]
    look: Look
    seeds: tuple[int, ...]
    picked: int | None

    def is_shown(self, name: str) -> bool:
        return name not in self.look.hidden


def summary_spark(summary: Summary | None, *, prefix: str = "spark") -> str:
    """Draw the sparkline of a list; empty without points."""
    main = spark_series(summary) if summary else None
    return spark(main, prefix=prefix) if main and any(main.columns) else ""


def _companions(document: Drawable, main: Series, look: Look) -> list[Series]:
    """Return the same measure on the other parts of the data."""
    known = [name for name in companions_of(main.name) if name in curve_names(document)]
    shown = [name for name in known if name.partition("_")[0] not in look.hidden]
    found = [within(series(document, name), look) for name in shown]
    return [companion for companion in found if any(companion.columns)]


def _drawing(shown: Shown, plot: Plot, standalone: bool, prefix: str) -> str:
    main, smoothing = shown.main, shown.look.smoothing
    words = curve_title(main.name)
    if plot.y.is_log:
        words = _("{curve}, log scale", curve=words)
    if smoothing:
        words = _("{curve}, smoothed {weight}; thin line: recorded values", curve=words, weight=f"{smoothing:g}")
    texts = (title_of(main), description_of(main))
    at = None if main.unit == "step" else shown.look.at  # an epoch
    inner = captioned(words, main.unit, plot) + moment_line(at, plot) + _lines(shown, plot) + _ends(shown, plot)
    return drawn(plot, texts, inner, prefix=prefix, standalone=standalone, is_crowded=len(main.seeds) > 24)


def _lines(shown: Shown, plot: Plot) -> str:
    """Draw band, seeds, companions and median, the most important on top."""
    main = shown.main
    inner = _band(main, plot) if shown.is_shown("band") else ""
    inner += _seeds(shown, plot) if shown.is_shown("seeds") else ""
    for companion in shown.companions:
        inner += _smooth(companion, companion.median, "companion", shown, plot, companion.name.partition("_")[0])
    if shown.is_shown("median"):
        inner += _smooth(main, main.median, "median", shown, plot)
    if shown.picked is not None:
        inner += _smooth(main, main.seeds[shown.picked], "picked", shown, plot)
    return window(plot, inner)


def _smooth(of: Series, values: Values, class_: str, shown: Shown, plot: Plot, part: str | None = None) -> str:
    """Draw a line; when it is smoothed, with the recorded values as a thin line below."""
    weight = shown.look.smoothing
    points = plot.points(of.x, smoothed(values, weight))
    raw = path(plot.points(of.x, values), "raw", plot, 300, tolerance=1.5) if weight else ""
    return raw + path(points, class_, plot, 300, tolerance=3 if class_ == "companion" else 1.5, part=part)


def _seeds(shown: Shown, plot: Plot) -> str:
    """Draw one thin line for each seed; those with a finding are in separate groups, on top."""
    main, count = shown.main, len(shown.main.seeds)
    columns, tolerance = max(60, min(300, 3000 // count)), 3 if count <= 16 else 6
    known = (i for i, values in enumerate(main.seeds) if any(v is not None for v in values))
    indices = [i for i in known if i >= len(shown.seeds) or shown.is_shown(of_seed(shown.seeds[i]))]
    lines = [
        path(plot.points(main.x, values), "seed", plot, columns, tolerance=tolerance, seed=_name(shown.seeds, place))
        for place, values in enumerate(main.seeds)
        if place in indices
    ]
    by_fate = dict.fromkeys(("healthy", *FATES), "")
    for index, line in zip(indices, lines, strict=True):
        by_fate[_fate(main, index)] += line
    return by_fate["healthy"] + "".join(svg.tag("g", by_fate[fate], class_=fate) for fate in FATES if by_fate[fate])


def _name(seeds: tuple[int, ...], place: int) -> int | None:
    return seeds[place] if place < len(seeds) else None


def _fate(main: Series, index: int) -> str:
    known = {"stuck": main.stuck, "diverged": main.diverged, "found": main.found}
    return next((fate for fate, places in known.items() if index in places), "healthy")


def _band(main: Series, plot: Plot) -> str:
    """Fill between the quartiles if there are enough seeds."""
    return band(main.x, main.quantile(0.25), main.quantile(0.75), plot) if len(main.seeds) > 2 else ""


def _ends(shown: Shown, plot: Plot) -> str:
    main, companions = shown.main, shown.companions
    labels = [_median_label(main, companions, plot), *(_companion_label(c, plot) for c in companions)]
    if not shown.is_shown("median") and len(labels) + (shown.picked is not None) > 1:
        labels = labels[1:]
    if shown.picked is not None:
        labels.append(_picked_label(shown, shown.picked, plot))
    off = (_off_label(main, main.stuck, "stuck", plot), _off_label(main, main.diverged, "diverged", plot))
    labels += [label for label in off if label]
    dot = svg.tag(
        "circle", class_="dot", **centre(plot.layout, labels[0].across), cy=plot.layout.down(labels[0].height), r="3.5"
    )
    if plot.layout.is_bare:
        return dot
    heights = spread(
        [plot.layout.down(label.height) for label in labels],
        LABEL_GAP,
        plot.layout.top + 6,
        plot.layout.top + plot.layout.plot_height,
    )
    return dot + "".join(end(label, y, plot.layout) for label, y in zip(labels, heights, strict=True))


def _median_label(main: Series, companions: list[Series], plot: Plot) -> EndLabel:
    value = _last(main.median)
    word = part_word(main.name) if companions else _("median") if len(main.seeds) > 1 else ""
    return EndLabel(_end_share(main.median, main, plot), height_of(value, plot), word, short(value), "end")


def _picked_label(shown: Shown, place: int, plot: Plot) -> EndLabel:
    values = shown.main.seeds[place]
    last = _last(values)
    word = _("seed {seed}", seed=shown.seeds[place])
    return EndLabel(
        _end_share(values, shown.main, plot), height_of(last, plot), f"{word}:", short(last), "end is-picked"
    )


def _companion_label(companion: Series, plot: Plot) -> EndLabel:
    value = _last(companion.median)
    return EndLabel(
        _end_share(companion.median, companion, plot),
        height_of(value, plot),
        part_word(companion.name),
        short(value),
        "end is-companion",
    )


def _off_label(main: Series, members: frozenset[int], fate: str, plot: Plot) -> EndLabel | None:
    """Write the number of stuck and diverged seeds at the ends of their lines."""
    if not members:
        return None
    ends = sorted(v for i in members if (v := main.finals[i]) is not None)
    words = _("{count} stuck", count=len(members)) if fate == "stuck" else _("{count} diverged", count=len(members))
    share = max(_end_share(main.seeds[i], main, plot) for i in members)
    return EndLabel(share, height_of(ends[len(ends) // 2] if ends else None, plot), "", words, "end is-off")


def _last(values: Values) -> float | None:
    return next((v for v in reversed(values) if v is not None), None)


def _end_share(values: Values, of: Series, plot: Plot) -> float:
    last = max((i for i, v in enumerate(values) if v is not None), default=0)
    return plot.x.at(of.x[last]) if of.x else 0.0
