"""Draw a small network with its weights."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bpsandbox.document import FinalNetwork
from bpsandbox.messages import _
from bpsandbox.numbers import grouped, short

from . import svg
from .plane import Spot

WIDTH, HEIGHT, MARGIN = 360, 280, 26
GAP, EDGE, LEAST_HEIGHT = 84.0, 36, 120
"""Largest distance of two units, the room above and below a column whose names are below, and the least height."""
LOW = 160
"""A drawing of at most this height leaves room below it: it has one or two units in a column."""
MOST_NAMED_BELOW = 4
"""Most units of such a column."""
THICKEST = 6.0
MAPPED = 19.0
"""Half of the side of a unit that is drawn as a map."""
ROOMY, LINE, LEAST_GAP = 12.0, 20.0, 11.5
"""Radius of a circle with room for a name, and the heights of a name below a map and beside a unit."""
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Net:
    """Weight matrices (out × in) in order, as numbers, and the config's numbers of their layers."""

    matrices: tuple[tuple[tuple[float, ...], ...], ...]
    layers: tuple[int, ...]

    @property
    def columns(self) -> tuple[int, ...]:
        return (len(self.matrices[0][0]), *(len(matrix) for matrix in self.matrices))

    @property
    def height(self) -> int:
        """Return the height of the drawing: less for few units."""
        return min(HEIGHT, max(LEAST_HEIGHT, 2 * EDGE + int(GAP) * (max(self.columns) - 1)))

    @property
    def places(self) -> list[list[tuple[float, float]]]:
        """Return the places of the units, a list for each column."""
        return [_column(k, count, len(self.columns), self.height) for k, count in enumerate(self.columns)]

    @property
    def largest(self) -> float:
        return max((abs(w) for matrix in self.matrices for row in matrix for w in row), default=0.0) or 1.0


@dataclass(frozen=True)
class Map:
    """A unit's output over the plane, on a grid from the lowest row up, as shares from 0 to 1 of its range."""

    rows: tuple[tuple[float, ...], ...]


Maps = Sequence[Sequence[Map]]
"""Of every column of units, the inputs first."""


def network(record: FinalNetwork | None, *, prefix: str = "network", maps: Maps = (), epoch: int | None = None) -> str:
    """Draw units as circles and weights as lines: positive blue, negative vermilion and dashed, width by magnitude.

    With `maps`, each unit is drawn as its output over the plane; `epoch` is None at the end of the training. Empty if
    the recorded matrices are not consecutive (networks with other layers than Linear).
    """
    net = _net(record)
    if net is None or record is None:
        return ""
    places, height = net.places, net.height
    largest = MAPPED if maps else 16.0
    radius = min(largest, *(0.42 * (height - 2 * MARGIN) / max(1, count - 1) for count in net.columns))
    inner = (
        svg.titled(_title(net, record, epoch), _description(net), prefix)
        + _links(net, places)
        + _units(places, radius, maps)
    )
    return svg.tag(
        "svg",
        inner,
        class_="network",
        **svg.labelled(prefix),
        data_low="" if height <= LOW else None,
        viewBox=f"0 0 {WIDTH} {height}",
        width=WIDTH,
        height=height,
    )


def _net(record: FinalNetwork | None) -> Net | None:
    tensors = record.weights if record else ()
    if any(not w.name.endswith(("weight", "bias")) for w in tensors):
        return None  # a recurrent layer
    matrices: list[Any] = [w.value for w in tensors if w.name.endswith("weight")]
    if not matrices or not all(_is_matrix(m) for m in matrices):
        return None
    if any(len(b[0]) != len(a) for a, b in itertools.pairwise(matrices)):
        return None
    numbers = tuple(tuple(tuple(float(w or 0.0) for w in row) for row in matrix) for matrix in matrices)
    return Net(numbers, tuple(_layer(w.name) for w in tensors if w.name.endswith("weight")))


def _layer(name: str) -> int:
    """Return the layer's number from a tensor's name, like layers.2.weight."""
    return int(name.split(".")[1])


def _is_matrix(value: Any) -> bool:
    """Return whether it has two axes, neither empty."""
    first = value[0] if isinstance(value, tuple) and value else None
    return isinstance(first, tuple) and bool(first) and not isinstance(first[0], tuple)


def _column(index: int, count: int, columns: int, height: int) -> list[tuple[float, float]]:
    x = MARGIN + 10 + index * (WIDTH - 2 * MARGIN - 20) / (columns - 1)
    edge = EDGE if count <= MOST_NAMED_BELOW else MARGIN
    gap = min(GAP, (height - 2 * edge) / max(1, count - 1))
    top = height / 2 - gap * (count - 1) / 2
    return [(x, top + gap * i) for i in range(count)]


def _links(net: Net, places: list[list[tuple[float, float]]]) -> str:
    """Draw thin lines first, so that the important ones are on top."""
    lines = [
        (abs(w), w, places[k][j], places[k + 1][i], f"W[{net.layers[k]}] {i + 1},{j + 1} = {short(w)}")
        for k, matrix in enumerate(net.matrices)
        for i, row in enumerate(matrix)
        for j, w in enumerate(row)
    ]
    thickest = THICKEST * min(1.0, math.sqrt(40 / len(lines)))
    return svg.tag(
        "g",
        "".join(_link(*line, net.largest, thickest) for line in sorted(lines, key=lambda line: line[0])),
        class_="links",
    )


def _link(
    size: float,
    weight: float,
    start: tuple[float, float],
    end: tuple[float, float],
    words: str,
    largest: float,
    thickest: float,
) -> str:
    width = 0.4 + (thickest - 0.4) * math.sqrt(size / largest)
    return svg.tag(
        "path",
        svg.tag("title", words),
        class_="link is-negative" if weight < 0 else "link",
        d=f"M{start[0]:.0f} {start[1]:.0f}L{end[0]:.0f} {end[1]:.0f}",
        stroke_width=f"{width:.1f}",
        stroke_opacity=f"{0.2 + 0.7 * size / largest:.2f}",
    )


def _units(places: list[list[tuple[float, float]]], radius: float, maps: Maps) -> str:
    drawn, names = [], []
    for k, column in enumerate(places):
        gap = column[1][1] - column[0][1] if len(column) > 1 else math.inf
        for i, (x, y) in enumerate(column):
            if maps:
                drawn.append(_map(maps[k][i], x, y, radius))
            else:
                drawn.append(svg.tag("circle", class_="unit", cx=x, cy=y, r=radius))
            at = _name_place(x, y, radius, gap, is_map=bool(maps), is_first=k == 0)
            if at:
                names.append(svg.text(unit_name(k, i, len(places), len(column)), **at))
    return svg.tag("g", "".join(drawn + names), class_="units", aria_hidden="true")


def _name_place(x: float, y: float, radius: float, gap: float, *, is_map: bool, is_first: bool) -> dict[str, Any]:
    """Return where a unit's name is written: in its circle, below its map, or beside it; empty without room for it."""
    if not is_map and radius >= ROOMY:
        return {"class_": "unit-name", "x": x, "y": y + 4.5, "text_anchor": "middle"}
    if is_map and gap >= 2 * radius + LINE:
        return {"class_": "unit-name", "x": x, "y": y + radius + 13, "text_anchor": "middle"}
    if gap < LEAST_GAP:
        return {}
    class_, away, anchor = ("is-before", -1, "end") if is_first else ("is-beside", 1, "start")
    x = round(x + away * (radius + 3), 1)
    return {"class_": f"unit-name {class_}", "x": x, "y": round(y + 4, 1), "text_anchor": anchor}


def _map(shown: Map, x: float, y: float, radius: float) -> str:
    """Draw a map as rows of equal cells, by level."""
    side = len(shown.rows)
    levels: dict[int, list[str]] = {}
    for row, values in enumerate(reversed(shown.rows)):
        for level, run in itertools.groupby(enumerate(values), key=lambda cell: min(9, int(cell[1] * 10))):
            cells = [column for column, _value in run]
            levels.setdefault(level, []).append(f"M{cells[0]} {row}h{len(cells)}v1h-{len(cells)}z")
    drawn = "".join(svg.tag("path", class_=f"level level-{k}", d="".join(runs)) for k, runs in sorted(levels.items()))
    place = {"x": x - radius, "y": y - radius, "width": 2 * radius, "height": 2 * radius}
    return svg.tag("svg", drawn, class_="unit-map boundary", viewBox=f"0 0 {side} {side}", **place) + svg.tag(
        "rect", class_="unit is-map", rx=4, **place
    )


def unit_spots(record: FinalNetwork, words: Sequence[Sequence[str]]) -> list[Spot]:
    """Return each unit's place as shares of the drawing, with what is read there."""
    net = _net(record)
    if net is None:
        return []
    return [
        (x / WIDTH, y / net.height, said)
        for column, told in zip(net.places, words, strict=True)
        for (x, y), said in zip(column, told, strict=True)
    ]


def matrices(record: FinalNetwork | None) -> tuple[tuple[tuple[tuple[float, ...], ...], ...], tuple[int, ...]]:
    """Return the weight matrices of a network that can be drawn, and the config's numbers of their layers."""
    net = _net(record)
    return (net.matrices, net.layers) if net else ((), ())


def unit_name(column: int, index: int, columns: int, count: int) -> str:
    letter = "x" if column == 0 else "ŷ" if column == columns - 1 else "a"
    return letter if letter == "ŷ" and count == 1 else letter + str(index + 1).translate(SUBSCRIPTS)


def _title(net: Net, record: FinalNetwork, epoch: int | None) -> str:
    shape = "-".join(str(count) for count in net.columns)
    if epoch is not None:
        return _("Network {shape} at epoch {epoch}, seed {seed}", shape=shape, epoch=grouped(epoch), seed=record.seed)
    return _("Network {shape} after training, seed {seed}", shape=shape, seed=record.seed)


def _description(net: Net) -> str:
    weights = [w for matrix in net.matrices for row in matrix for w in row]
    negative = sum(w < 0 for w in weights)
    return _(
        "{count} weights, {negative} of them negative; the largest absolute value is {largest}.",
        count=grouped(len(weights)),
        negative=grouped(negative),
        largest=short(max(weights, key=abs)),
    )
