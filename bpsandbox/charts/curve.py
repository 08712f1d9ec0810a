"""A curve of several seeds as one SVG."""

from dataclasses import dataclass
from typing import Any

from bpsandbox.messages import _

from . import svg
from .layouts import NARROW, SIZES, UNIT, Layout
from .numbers import short
from .palette import standalone_style
from .paths import Point, line, simplified, thinned
from .scales import narrow_ticks, value_axis
from .series import Series, Values, curve_names, series
from .spark import spark
from .ticks import Axis, counting_axis
from .words import curve_title, description_of, part_word, title_of

LABEL_GAP = 15


@dataclass(frozen=True)
class Plot:
    """A layout with its two axes: everything that is needed to place a value."""

    layout: Layout
    x: Axis
    y: Axis

    def point(self, x: float, y: float) -> Point:
        """Place a value in path units; zeros on a log axis lie on its foot, runaways just outside."""
        across, down = self.layout.units
        floor = 0.0 if self.y.is_log else -1.0
        return self.x.at(x) * across, (1 - min(2.0, max(floor, self.y.at(y)))) * down

    def points(self, xs: tuple[float, ...], values: Values) -> list[Point]:
        return [self.point(x, v) for x, v in zip(xs, values, strict=True) if v is not None]


@dataclass(frozen=True)
class EndLabel:
    """Words at the end of a line: `across` and `height` are shares of the plot."""

    across: float
    height: float
    word: str
    number: str
    class_: str


def curve(
    document: dict[str, Any],
    *,
    name: str = "train_loss",
    log: bool = True,
    size: str = "fluid",
    standalone: bool = False,
    prefix: str = "curve",
) -> str:
    """Draw one recorded curve of a result document, or of progress; empty when it has no point yet.

    `size`: fluid (takes the width of its place, the style sheet gives room at the sides), wide (720 px),
    narrow (320 px) or spark. `prefix` begins every id inside. `standalone` brings its own colours.
    """
    main = series(document, name)
    if not any(main.columns):
        return ""
    if size == "spark":
        return spark(main, prefix=prefix, standalone=standalone)
    companions = _companions(document, main)
    layout = SIZES["wide" if standalone and size == "fluid" else size]
    plot = Plot(layout, counting_axis(main.x_last, layout.most_ticks), value_axis(main, companions, log))
    return _drawing(main, companions, plot, standalone, prefix)


def _companions(document: dict[str, Any], main: Series) -> list[Series]:
    """Find the same measure on the other parts of the data."""
    part, underscore, measure = main.name.partition("_")
    if part != "train" or not underscore:
        return []
    wanted = (f"val_{measure}", f"test_{measure}")
    found = [series(document, name) for name in wanted if name in curve_names(document)]
    return [companion for companion in found if any(companion.columns)]


def _drawing(main: Series, companions: list[Series], plot: Plot, standalone: bool, prefix: str) -> str:
    layout = plot.layout
    words = "" if layout.is_bare else _grid(plot) + _caption(main, plot)
    inner = "".join((
        svg.titled(title_of(main), description_of(main), prefix), _ground(standalone), words,
        _lines(main, companions, plot), _ends(main, companions, plot),
    ))  # fmt: skip
    return svg.tag(
        "svg", inner, class_="curve", role="img", **_frame(layout, standalone), height=layout.height,
        data_size=_size_name(layout), data_many="" if len(main.seeds) > 24 else None,
        aria_labelledby=f"{prefix}-title", aria_describedby=f"{prefix}-desc",
    )  # fmt: skip


def _ground(standalone: bool) -> str:
    """Lay a file of its own on paper, with its own style sheet."""
    return standalone_style(UNIT) + svg.tag("rect", width="100%", height="100%", class_="paper") if standalone else ""


def _frame(layout: Layout, standalone: bool) -> dict[str, object]:
    space = {"xmlns": "http://www.w3.org/2000/svg"} if standalone else {}
    if layout.is_fluid:
        return {**space, "width": "100%"}
    return {**space, "viewBox": f"0 0 {layout.width} {layout.height}", "width": layout.width}


def _size_name(layout: Layout) -> str:
    return next(name for name, known in SIZES.items() if known is layout)


def _grid(plot: Plot) -> str:
    layout = plot.layout
    parts = []
    for value, words in plot.y.ticks:
        y = layout.down(plot.y.at(value))
        ends = (
            {"x1": "0", "x2": "100%"} if layout.is_fluid else {"x1": layout.left, "x2": layout.left + layout.plot_width}
        )
        parts.append(svg.tag("line", class_="grid", **ends, y1=y, y2=y))
        parts.append(svg.text(words, class_="tick", **layout.across(0, -8), y=y + 4, text_anchor="end"))
    kept = narrow_ticks(plot.x.ticks, layout, NARROW)
    for value, words in plot.x.ticks:
        parts.append(
            svg.text(
                words,
                class_="tick" if value in kept else "tick wide-only",
                **layout.across(plot.x.at(value)),
                y=layout.height - 6,
                text_anchor="middle",
            )
        )
    return svg.tag("g", "".join(parts), class_="axes", aria_hidden="true")


def _caption(main: Series, plot: Plot) -> str:
    """Say what is drawn above the plot and what is counted at the end of the foot."""
    words = curve_title(main.name)
    if plot.y.is_log:
        words = _("{curve}, log scale", curve=words)
    unit = _("step") if main.unit == "step" else _("epoch")
    return svg.tag(
        "g",
        svg.text(words, class_="caption", **plot.layout.across(0), y=13)
        + svg.text(unit, class_="caption", **plot.layout.across(0, -8), y=plot.layout.height - 6, text_anchor="end"),
        aria_hidden="true",
    )


def _lines(main: Series, companions: list[Series], plot: Plot) -> str:
    """Draw band, seeds, companions and median in a frame of their own that cuts off what runs away."""
    across, down = plot.layout.units
    inner = "".join(
        (
            _band(main, plot),
            _seeds(main, plot),
            *(
                _path(plot.points(c.x, c.median), "companion", plot, 300, part=c.name.partition("_")[0])
                for c in companions
            ),
            _path(plot.points(main.x, main.median), "median", plot, 300, tolerance=1.5),
        )
    )
    place = (
        {"x": "0", "width": "100%"}
        if plot.layout.is_fluid
        else {"x": plot.layout.left, "width": plot.layout.plot_width}
    )
    return svg.tag(
        "svg",
        inner,
        class_="lines",
        **place,
        y=plot.layout.top,
        height=plot.layout.plot_height,
        viewBox=f"0 0 {across} {down}",
        preserveAspectRatio="none",
    )


def _path(
    points: list[Point], class_: str, plot: Plot, columns: int, *, tolerance: float = 3, part: str | None = None
) -> str:
    across = plot.layout.units[0]
    return svg.tag(
        "path", class_=class_, data_part=part, d=line(simplified(thinned(points, columns, across), tolerance))
    )


def _seeds(main: Series, plot: Plot) -> str:
    """Draw one thin line a seed; the ones that are off stand in groups of their own, on top."""
    count = len(main.seeds)
    columns, tolerance = max(60, min(300, 3000 // count)), 3 if count <= 16 else 6
    drawn = [
        _path(plot.points(main.x, values), "seed", plot, columns, tolerance=tolerance)
        for values in main.seeds
        if any(v is not None for v in values)
    ]
    indices = [i for i, values in enumerate(main.seeds) if any(v is not None for v in values)]
    by_fate = {"healthy": "", "stuck": "", "diverged": ""}
    for index, path in zip(indices, drawn, strict=True):
        by_fate[_fate(main, index)] += path
    return by_fate["healthy"] + "".join(svg.tag("g", by_fate[f], class_=f) for f in ("stuck", "diverged") if by_fate[f])


def _fate(main: Series, index: int) -> str:
    return "stuck" if index in main.stuck else "diverged" if index in main.diverged else "healthy"


def _band(main: Series, plot: Plot) -> str:
    """Fill between the quartiles when there are seeds enough to have some."""
    if len(main.seeds) < 3:
        return ""
    across = plot.layout.units[0]
    upper, lower = (simplified(thinned(plot.points(main.x, main.quantile(q)), 240, across), 4) for q in (0.75, 0.25))
    return svg.tag("path", class_="band", d=line(upper + lower[::-1]) + "z")


def _ends(main: Series, companions: list[Series], plot: Plot) -> str:
    labels = [_median_label(main, companions, plot), *(_companion_label(c, plot) for c in companions)]
    off = (_off_label(main, main.stuck, "stuck", plot), _off_label(main, main.diverged, "diverged", plot))
    labels += [label for label in off if label]
    dot = svg.tag(
        "circle", class_="dot", **_centre(plot.layout, labels[0].across), cy=plot.layout.down(labels[0].height), r="3.5"
    )
    if plot.layout.is_bare:
        return dot
    heights = spread(
        [plot.layout.down(label.height) for label in labels],
        LABEL_GAP,
        plot.layout.top + 6,
        plot.layout.top + plot.layout.plot_height,
    )
    return dot + "".join(_end(label, y, plot.layout) for label, y in zip(labels, heights, strict=True))


def _centre(layout: Layout, share: float) -> dict[str, object]:
    if layout.is_fluid:
        return {"cx": f"{100 * share:.4g}%"}
    return {"cx": layout.left + share * layout.plot_width}


def _end(label: EndLabel, y: float, layout: Layout) -> str:
    word = svg.tag("tspan", f"{label.word} ", class_="word") if label.word and layout.has_long_labels else ""
    return svg.tag("text", word + label.number, class_=label.class_, **layout.across(label.across, 9), y=y + 4)


def _median_label(main: Series, companions: list[Series], plot: Plot) -> EndLabel:
    value = _last(main.median)
    word = part_word(main.name) if companions else _("median") if len(main.seeds) > 1 else ""
    return EndLabel(_end_share(main.median, main, plot), _height(value, plot), word, short(value), "end")


def _companion_label(companion: Series, plot: Plot) -> EndLabel:
    value = _last(companion.median)
    return EndLabel(
        _end_share(companion.median, companion, plot),
        _height(value, plot),
        part_word(companion.name),
        short(value),
        "end is-companion",
    )


def _off_label(main: Series, members: frozenset[int], fate: str, plot: Plot) -> EndLabel | None:
    """Say how many seeds are off, where their lines end."""
    if not members:
        return None
    ends = sorted(v for i in members if (v := main.finals[i]) is not None)
    words = _("{count} stuck", count=len(members)) if fate == "stuck" else _("{count} diverged", count=len(members))
    share = max(_end_share(main.seeds[i], main, plot) for i in members)
    return EndLabel(share, _height(ends[len(ends) // 2] if ends else None, plot), "", words, "end is-off")


def _last(values: Values) -> float | None:
    return next((v for v in reversed(values) if v is not None), None)


def _end_share(values: Values, of: Series, plot: Plot) -> float:
    last = max((i for i, v in enumerate(values) if v is not None), default=0)
    return plot.x.at(of.x[last]) if of.x else 0.0


def _height(value: float | None, plot: Plot) -> float:
    return min(1.0, max(0.0, plot.y.at(value))) if value is not None else 1.0


def spread(wanted: list[float], gap: float, top: float, foot: float) -> list[float]:
    """Move labels apart to at least `gap`, keeping their order and as near as may be to where they belong."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed: list[float] = []
    for i in order:
        placed.append(max(wanted[i], placed[-1] + gap if placed else top))
    limit = foot
    for k in range(len(placed) - 1, -1, -1):
        placed[k] = min(placed[k], limit)
        limit = placed[k] - gap
    by_index = dict(zip(order, placed, strict=True))
    return [by_index[i] for i in range(len(wanted))]
