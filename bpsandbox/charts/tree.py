"""Draw a family of runs as a tree: numbered circles, each to the right of the one that it was forked from.

Below each circle are its words, cut to the width of a column.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from . import svg

COLUMN, ROW, RADIUS, SIDE, TOP, BOTTOM = 150, 62, 13, 72, 18, 38
WORDS = 22
"""How many narrow letters fit below a circle; a wide one counts as two."""


@dataclass(frozen=True)
class Node:
    """A member at `depth`, and the place of its parent among the nodes; None for the first one. `words` are of it."""

    label: str
    depth: int
    parent: int | None
    is_focus: bool = False
    words: str = ""


def tree(nodes: Sequence[Node], texts: tuple[str, str], *, prefix: str = "tree") -> str:
    """Draw nodes that each come after their parent, as a walk in depth gives them; empty for fewer than two.

    `texts` are the title and the description. A leaf has a row of its own, a parent the middle of its forks' rows.
    """
    if len(nodes) < 2:
        return ""
    heights = _heights(nodes)
    places = [(SIDE + node.depth * COLUMN, TOP + height * ROW) for node, height in zip(nodes, heights, strict=True)]
    edges = "".join(_edge(places[node.parent], places[i]) for i, node in enumerate(nodes) if node.parent is not None)
    circles = "".join(_circle(node, place) for node, place in zip(nodes, places, strict=True))
    width = 2 * SIDE + max(node.depth for node in nodes) * COLUMN
    height = TOP + max(heights) * ROW + BOTTOM
    return svg.tag(
        "svg",
        svg.titled(*texts, prefix) + edges + circles,
        class_="family-tree",
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        height=height,
        **svg.labelled(prefix),
    )


def _heights(nodes: Sequence[Node]) -> list[float]:
    """Return the row of each node, from its last descendant up."""
    forks: list[list[int]] = [[] for _node in nodes]
    for place, node in enumerate(nodes):
        if node.parent is not None:
            forks[node.parent].append(place)
    rows = iter(range(len(nodes)))
    leaves = {place: next(rows) for place, below in enumerate(forks) if not below}
    heights = [float(leaves.get(place, 0)) for place in range(len(nodes))]
    for place in reversed(range(len(nodes))):
        if forks[place]:
            heights[place] = (heights[forks[place][0]] + heights[forks[place][-1]]) / 2
    return heights


def _edge(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Draw a line that has reached the height of its end before the words there begin."""
    (x0, y0), (x1, y1) = start, end
    x = x0 + COLUMN - SIDE - RADIUS
    middle = (x0 + x) / 2
    return svg.tag("path", class_="edge", d=f"M{x0:g} {y0:g}C{middle:g} {y0:g} {middle:g} {y1:g} {x:g} {y1:g}H{x1:g}")


def _circle(node: Node, place: tuple[float, float]) -> str:
    x, y = place
    circle = svg.tag("circle", cx=x, cy=y, r=RADIUS)
    number = svg.text(node.label, class_="number", x=x, y=y + 4, text_anchor="middle")
    words = svg.text(_fitting(node.words), class_="words", x=x, y=y + RADIUS + 15, text_anchor="middle")
    return svg.tag(
        "g", svg.tag("title", escape(node.words)) + circle + number + words,
        class_="member is-focus" if node.is_focus else "member",
    )  # fmt: skip


def _fitting(words: str) -> str:
    """Cut words to the width of a column."""
    width = 0
    for place, sign in enumerate(words):
        width += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if width > WORDS:
            return f"{words[: place - 1].rstrip()}…"
    return words
