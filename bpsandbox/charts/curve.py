"""Draw a curve of several seeds as one SVG."""

from bpsandbox.document import Summary
from bpsandbox.messages import _
from bpsandbox.numbers import short

from . import svg
from .frame import LABEL_GAP, EndLabel, Plot, band, captioned, centre, drawn, end, height_of, path, spread, window
from .layouts import SIZES
from .scales import value_axis
from .series import Drawable, Series, Values, curve_names, series, spark_series
from .settings import best_setting, settings_curve
from .spark import spark
from .ticks import counting_axis
from .words import curve_title, description_of, part_word, title_of


def curve(
    document: Drawable,
    *,
    name: str = "train_loss",
    log: bool = True,
    size: str = "fluid",
    standalone: bool = False,
    prefix: str = "curve",
) -> str:
    """Draw one recorded curve of a result document, or of progress; empty when it has no point yet.

    `size`: fluid (takes the width of its container; the style sheet sets the side margins), wide (720 px),
    narrow (320 px) or spark. Every id starts with `prefix`. `standalone` includes colours.
    """
    main = series(document, name)
    if not any(main.columns):
        return ""
    best = best_setting(document, name)
    if best and size != "spark":
        return settings_curve(document, name=name, log=log, size=size, standalone=standalone, prefix=prefix)
    if size == "spark":
        return spark(best.line if best else main, prefix=prefix, standalone=standalone)
    companions = _companions(document, main)
    layout = SIZES["wide" if standalone and size == "fluid" else size]
    plot = Plot(layout, counting_axis(main.x_last, layout.most_ticks), value_axis(main, companions, log))
    return _drawing(main, companions, plot, standalone, prefix)


def summary_spark(summary: Summary | None, *, prefix: str = "spark") -> str:
    """Draw the sparkline of a list; empty without points."""
    main = spark_series(summary) if summary else None
    return spark(main, prefix=prefix) if main and any(main.columns) else ""


def _companions(document: Drawable, main: Series) -> list[Series]:
    """Return the same measure on the other parts of the data."""
    part, underscore, measure = main.name.partition("_")
    if part != "train" or not underscore:
        return []
    wanted = (f"val_{measure}", f"test_{measure}")
    found = [series(document, name) for name in wanted if name in curve_names(document)]
    return [companion for companion in found if any(companion.columns)]


def _drawing(main: Series, companions: list[Series], plot: Plot, standalone: bool, prefix: str) -> str:
    words = curve_title(main.name)
    if plot.y.is_log:
        words = _("{curve}, log scale", curve=words)
    texts = (title_of(main), description_of(main))
    inner = captioned(words, main.unit, plot) + _lines(main, companions, plot) + _ends(main, companions, plot)
    return drawn(plot, texts, inner, prefix=prefix, standalone=standalone, is_crowded=len(main.seeds) > 24)


def _lines(main: Series, companions: list[Series], plot: Plot) -> str:
    """Draw band, seeds, companions and median, the most important on top."""
    inner = (
        _band(main, plot),
        _seeds(main, plot),
        *(path(plot.points(c.x, c.median), "companion", plot, 300, part=c.name.partition("_")[0]) for c in companions),
        path(plot.points(main.x, main.median), "median", plot, 300, tolerance=1.5),
    )
    return window(plot, "".join(inner))


def _seeds(main: Series, plot: Plot) -> str:
    """Draw one thin line for each seed; stuck and diverged seeds are in separate groups, on top."""
    count = len(main.seeds)
    columns, tolerance = max(60, min(300, 3000 // count)), 3 if count <= 16 else 6
    lines = [
        path(plot.points(main.x, values), "seed", plot, columns, tolerance=tolerance)
        for values in main.seeds
        if any(v is not None for v in values)
    ]
    indices = [i for i, values in enumerate(main.seeds) if any(v is not None for v in values)]
    by_fate = {"healthy": "", "stuck": "", "diverged": ""}
    for index, line in zip(indices, lines, strict=True):
        by_fate[_fate(main, index)] += line
    return by_fate["healthy"] + "".join(svg.tag("g", by_fate[f], class_=f) for f in ("stuck", "diverged") if by_fate[f])


def _fate(main: Series, index: int) -> str:
    return "stuck" if index in main.stuck else "diverged" if index in main.diverged else "healthy"


def _band(main: Series, plot: Plot) -> str:
    """Fill between the quartiles if there are enough seeds."""
    return band(main.x, main.quantile(0.25), main.quantile(0.75), plot) if len(main.seeds) > 2 else ""


def _ends(main: Series, companions: list[Series], plot: Plot) -> str:
    labels = [_median_label(main, companions, plot), *(_companion_label(c, plot) for c in companions)]
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
