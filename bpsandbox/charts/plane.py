"""Draw two axes with ticks around a drawing that stretches: text keeps its size, as in curves."""

from __future__ import annotations

import json
from collections.abc import Sequence

from . import svg
from .ticks import Axis, linear_axis

Spot = tuple[float, float, str]
"""A place of the plane, as shares from the left and from the top, and what is read there."""


def ticks(low: float, high: float, at_most: int = 5) -> Axis:
    """Return an axis from `low` to `high` exactly."""
    axis = linear_axis(low, high, at_most)
    inside = tuple(tick for tick in axis.ticks if low <= tick[0] <= high)
    return Axis(low, high, False, inside)


def plane(
    inner: str, x: Axis, y: Axis, texts: tuple[str, str], *, box: tuple[float, float], prefix: str, class_: str,
    names: tuple[str, str] = ("x", "y"),
) -> str:  # fmt: skip
    """Return an SVG of the width of its container: `inner` is drawn in `box` units and stretched."""
    lines = svg.tag(
        "svg", inner, class_="lines", width="100%", height="100%", viewBox=f"0 0 {box[0]:g} {box[1]:g}",
        preserveAspectRatio="none",
    )  # fmt: skip
    return svg.tag(
        "svg", svg.titled(*texts, prefix) + lines + _ticks(x, y, names), class_=f"plane {class_}", width="100%",
        **svg.labelled(prefix),
    )  # fmt: skip


def _ticks(x: Axis, y: Axis, names: tuple[str, str]) -> str:
    parts = [
        svg.text(words, class_="tick", x=f"{100 * x.at(value):.4g}%", y="100%", dy=17, text_anchor="middle")
        for value, words in x.ticks
    ] + [
        svg.text(words, class_="tick", x="0", dx=-7, y=f"{100 - 100 * y.at(value):.4g}%", dy=4, text_anchor="end")
        for value, words in y.ticks
    ]
    ends = svg.text(names[0], class_="caption", x="100%", y="100%", dy=32, text_anchor="end")
    ends += svg.text(names[1], class_="caption", x="0", dx=-7, y="0", dy=-7, text_anchor="end") if names[1] else ""
    return svg.tag("g", "".join(parts) + ends, class_="axes", aria_hidden="true")


def spots(places: Sequence[Spot]) -> str:
    """Return places and what is read there, as JSON for an attribute."""
    shown = [[round(x, 3), round(y, 3), words] for x, y, words in places]
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
