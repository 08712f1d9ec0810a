"""Draw the settings of a sweep in parallel coordinates: axes side by side, or one below another as wide as a phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from bpsandbox.messages import _
from bpsandbox.numbers import short

from . import plane, svg
from .series import Drawable
from .settings import Setting, headings, settings, shown
from .several import Line, axis_for
from .sweep import fate, key, ordered, top_of
from .words import curve_title

COLUMN, HEIGHT, TOP, SIDE = 150, 250, 30, 70
MOST_ACROSS, LEAST_COLUMN = 520, 110
"""Many fields share the width of a panel, as long as their values can be read."""
WIDTH, EDGE, ROW, BELOW = 280, 8, 64, 26
LETTER, GAP = 6.6, 8
"""How wide a letter is, and how far two labels are apart at least."""
FEW = 3
"""So many settings are read at one place."""

type Labels = Sequence[tuple[float, str]]
"""Texts along an axis, each at a share of it, in order."""


@dataclass(frozen=True)
class Parallel:
    """A line for each setting. `class_` says which way the axes are, `spots` is what is read at the ends, as JSON."""

    class_: str
    drawing: str
    spots: str


@dataclass(frozen=True)
class Across:
    """So many axes side by side, with the low end of each at the bottom."""

    count: int
    class_ = "is-across"

    @property
    def size(self) -> tuple[int, int]:
        return 2 * SIDE + self.column * (self.count - 1), HEIGHT

    @property
    def column(self) -> int:
        return max(LEAST_COLUMN, min(COLUMN, MOST_ACROSS // (self.count - 1)))

    def place(self, number: int, share: float) -> tuple[float, float]:
        return SIDE + number * self.column, TOP + (1 - share) * (HEIGHT - TOP - 24)

    def texts(self, number: int, heading: str, labels: Labels) -> Iterator[str]:
        x, _bottom = self.place(number, 0.0)
        yield svg.text(heading, class_="caption", x=x, y=14, text_anchor="middle")
        off, anchor = (8, None) if number == self.count - 1 else (-6, "end")
        for share, words in labels:
            yield svg.text(words, x=x + off, y=self.place(number, share)[1] + 4, text_anchor=anchor)


@dataclass(frozen=True)
class Down:
    """So many axes one below another, with the low end of each at the left. Labels without room are left out."""

    count: int
    class_ = "is-down"

    @property
    def size(self) -> tuple[int, int]:
        return WIDTH, TOP + ROW * (self.count - 1) + BELOW

    def place(self, number: int, share: float) -> tuple[float, float]:
        return EDGE + share * (WIDTH - 2 * EDGE), TOP + number * ROW

    def texts(self, number: int, heading: str, labels: Labels) -> Iterator[str]:
        _left, y = self.place(number, 0.0)
        yield svg.text(heading, class_="caption", x=EDGE, y=y - 9)
        ends = {0.0: "start", 1.0: "end"}
        taken: list[tuple[float, float]] = []
        for share, words in sorted(labels, key=lambda label: label[0] not in ends):
            x, anchor = self.place(number, share)[0], ends.get(share, "middle")
            start = x - LETTER * len(words) * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
            end = start + LETTER * len(words)
            if all(end + GAP < other or after + GAP < start for other, after in taken):
                taken.append((start, end))
                yield svg.text(words, x=x, y=y + 17, text_anchor=anchor)


def parallel(document: Drawable, name: str = "train_loss", *, prefix: str = "parallel") -> tuple[Parallel, ...]:
    """Draw each setting as a line through its values and its last median, in both ways; nothing without a sweep.

    Values of a field are evenly spaced in their order. Settings without a number, and those that mostly diverged, end
    at the low end of the last axis, where worst is.
    """
    made = settings(document, name)
    if not made or all(each.final is None for each in made):
        return ()
    fields = list(made[0].values)
    orders = [ordered([each.values[field] for each in made]) for field in fields]
    axes = [(heading, _labels(order)) for heading, order in zip(headings(fields), orders, strict=True)]
    axes.append((curve_title(name), _best_and_worst(made)))
    lines = [
        (each, [*(_share(order, each.values[field]) for field, order in zip(fields, orders, strict=True)), end])
        for each, end in zip(made, _ends(made), strict=True)
    ]
    lines.sort(key=lambda line: -line[0].rank)
    return tuple(_drawn(way, axes, lines, f"{prefix}-{way.class_}") for way in (Across(len(axes)), Down(len(axes))))


def _drawn(
    way: Across | Down, axes: Sequence[tuple[str, Labels]], lines: Sequence[tuple[Setting, list[float]]], prefix: str
) -> Parallel:
    width, height = way.size
    title = _("{count} settings: what each varies, and its final median", count=len(lines))
    if any(each.is_cut for each, _shares in lines):
        title = _("{count} settings: what each varies, and its median when it stopped", count=len(lines))
    best = lines[-1][0]
    description = _("Best is {words}, {value}.", words=best.words, value=short(best.final))
    inner = "".join(_polyline(way, each, shares) for each, shares in lines)
    for number, (heading, labels) in enumerate(axes):
        inner += _rule(way, number) + "".join(way.texts(number, heading, labels))
    drawing = svg.tag(
        "svg", svg.titled(title, description, prefix) + inner, class_="parallel", viewBox=f"0 0 {width} {height}",
        width=width, height=height, **svg.labelled(prefix),
    )  # fmt: skip
    return Parallel(way.class_, drawing, plane.spots(_spots(way, lines)))


def _polyline(way: Across | Down, setting: Setting, shares: Sequence[float]) -> str:
    places = (way.place(number, share) for number, share in enumerate(shares))
    points = " ".join(f"{x:.4g},{y:.1f}" for x, y in places)
    return svg.tag(
        "polyline", svg.tag("title", escape(setting.in_full)), class_=f"setting {fate(setting)}", points=points
    )


def _rule(way: Across | Down, number: int) -> str:
    (x1, y1), (x2, y2) = way.place(number, 1.0), way.place(number, 0.0)
    return svg.tag("line", class_="axis", x1=x1, x2=x2, y1=y1, y2=y2)


def _spots(way: Across | Down, lines: Sequence[tuple[Setting, list[float]]]) -> list[plane.Spot]:
    """Return what is read where lines end, the best first: of several that end at one place the best few."""
    (width, height), found = way.size, dict[tuple[float, float], list[str]]()
    for each, shares in reversed(lines):
        x, y = way.place(way.count - 1, shares[-1])
        found.setdefault((round(x / width, 3), round(y / height, 3)), []).append(each.in_full)
    return [(*place, " · ".join(words if len(words) <= FEW else [*words[:FEW], "…"])) for place, words in found.items()]


def _labels(order: Sequence[Any]) -> Labels:
    return [(_place(number, len(order)), shown(value)) for number, value in enumerate(order)]


def _share(order: Sequence[Any], value: Any) -> float:
    return _place([key(each) for each in order].index(key(value)), len(order))


def _place(number: int, count: int) -> float:
    """Return where one of so many values is, as a share of its axis."""
    return 0.5 if count == 1 else number / (count - 1)


def _best_and_worst(made: Sequence[Setting]) -> Labels:
    finals = [each.final for each in made if each.final is not None and not _mostly_failed(each)]
    known = sorted(finals or [each.final for each in made if each.final is not None])
    known = known[::-1] if made[0].line.is_lower_better else known
    top = _top(made)
    worst = short(known[0]) if known[0] <= top else f"> {short(top)}"
    return [(0.0, worst), (1.0, short(known[-1]))]


def _mostly_failed(setting: Setting) -> bool:
    return 2 * setting.failed > setting.seeds


def _ends(made: Sequence[Setting]) -> list[float]:
    """Return where on the last axis the final medians are, the best at its high end.

    A loss that rose far above its start is at the low end: to scale, it would press all others together.
    """
    top = _top(made)
    finals = [None if _mostly_failed(s) or s.final is None or s.final > top else s.final for s in made]
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


def _top(made: Sequence[Setting]) -> float:
    return top_of([each.line for each in made if any(each.line.columns)])
