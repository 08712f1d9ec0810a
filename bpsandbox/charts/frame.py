"""Draw what all curve charts share: axes, the plot area and labels at the ends of lines."""

from __future__ import annotations

from dataclasses import dataclass

from bpsandbox.messages import _

from . import svg
from .layouts import NARROW, SIZES, UNIT, Layout
from .palette import standalone_style
from .paths import Point, line, simplified, thinned
from .scales import narrow_ticks
from .series import Values
from .ticks import Axis

LABEL_GAP = 15


@dataclass(frozen=True)
class Plot:
    """A layout with its two axes, which maps values to positions."""

    layout: Layout
    x: Axis
    y: Axis

    def point(self, x: float, y: float) -> Point:
        """Return a value's position in path units; zeros on a log axis are at the bottom, outliers just outside."""
        across, down = self.layout.units
        floor = 0.0 if self.y.is_log else -1.0
        return self.x.at(x) * across, (1 - min(2.0, max(floor, self.y.at(y)))) * down

    def points(self, xs: tuple[float, ...], values: Values) -> list[Point]:
        return [self.point(x, v) for x, v in zip(xs, values, strict=True) if v is not None]


@dataclass(frozen=True)
class EndLabel:
    """A label at the end of a line; `across` and `height` are shares of the plot."""

    across: float
    height: float
    word: str
    number: str
    class_: str


def background(standalone: bool) -> str:
    """Return the background and the style sheet of a standalone file."""
    return standalone_style(UNIT) + svg.tag("rect", width="100%", height="100%", class_="paper") if standalone else ""


def frame(layout: Layout, standalone: bool) -> dict[str, object]:
    space = {"xmlns": "http://www.w3.org/2000/svg"} if standalone else {}
    if layout.is_fluid:
        return {**space, "width": "100%"}
    return {**space, "viewBox": f"0 0 {layout.width} {layout.height}", "width": layout.width}


def size_name(layout: Layout) -> str:
    return next(name for name, known in SIZES.items() if known is layout)


def grid(plot: Plot) -> str:
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


def path(
    points: list[Point],
    class_: str,
    plot: Plot,
    columns: int,
    *,
    tolerance: float = 3,
    part: str | None = None,
    seed: int | None = None,
) -> str:
    across = plot.layout.units[0]
    return svg.tag(
        "path",
        class_=class_,
        data_part=part,
        data_seed=seed,
        d=line(simplified(thinned(points, columns, across), tolerance)),
    )


def centre(layout: Layout, share: float) -> dict[str, object]:
    if layout.is_fluid:
        return {"cx": f"{100 * share:.4g}%"}
    return {"cx": layout.left + share * layout.plot_width}


def end(label: EndLabel, y: float, layout: Layout) -> str:
    is_named = layout.has_long_labels or "is-companion" in label.class_  # a dashed line keeps its name
    word = svg.tag("tspan", f"{label.word} ", class_="word") if label.word and is_named else ""
    return svg.tag("text", word + label.number, class_=label.class_, **layout.across(label.across, 9), y=y + 4)


def height_of(value: float | None, plot: Plot) -> float:
    return min(1.0, max(0.0, plot.y.at(value))) if value is not None else 1.0


def spread(wanted: list[float], gap: float, top: float, foot: float) -> list[float]:
    """Move labels apart to at least `gap`, in the same order and as close as possible to their positions."""
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


def window(plot: Plot, inner: str) -> str:
    """Put lines in a nested SVG that clips what is outside the plot."""
    across, down = plot.layout.units
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


def band(xs: tuple[float, ...], low: Values, high: Values, plot: Plot, class_: str = "band") -> str:
    """Fill between two lines."""
    across = plot.layout.units[0]
    upper, lower = (simplified(thinned(plot.points(xs, values), 240, across), 4) for values in (high, low))
    return svg.tag("path", class_=class_, d=line(upper + lower[::-1]) + "z") if upper else ""


def captioned(words: str, unit: str, plot: Plot) -> str:
    """Draw the axes, a caption above the plot and the unit of the x axis."""
    layout = plot.layout
    if layout.is_bare:
        return ""
    if plot.y.is_flat:
        words = _("{caption}: equal up to rounding", caption=words) if words else _("equal up to rounding")
    counted = {"step": _("step"), "rate": "lr"}.get(unit) or _("epoch")
    gap = 4 + 4 * max((len(label) for value, label in plot.x.ticks if plot.x.at(value) < 0.02), default=1)
    return grid(plot) + svg.tag(
        "g",
        svg.text(words, class_="caption", **layout.across(0), y=13)
        + svg.text(counted, class_="caption", **layout.across(0, -gap), y=layout.height - 6, text_anchor="end"),
        aria_hidden="true",
    )


def moment_line(at: float | None, plot: Plot) -> str:
    """Draw a line at one epoch."""
    if at is None or not plot.x.low <= at <= plot.x.high or not plot.layout.is_fluid:
        return ""
    x = f"{100 * plot.x.at(at):.4g}%"
    top = plot.layout.top
    return svg.tag("line", class_="moment", x1=x, x2=x, y1=top, y2=top + plot.layout.plot_height)


def drawn(
    plot: Plot,
    texts: tuple[str, str],
    inner: str,
    *,
    prefix: str,
    standalone: bool = False,
    is_crowded: bool = False,
) -> str:
    """Return the complete SVG; `texts` are its title and description."""
    layout = plot.layout
    return svg.tag(
        "svg",
        svg.titled(*texts, prefix) + background(standalone) + inner,
        class_="curve",
        role="img",
        **frame(layout, standalone),
        height=layout.height,
        data_size=size_name(layout),
        data_many="" if is_crowded else None,
        aria_labelledby=f"{prefix}-title",
        aria_describedby=f"{prefix}-desc",
    )
