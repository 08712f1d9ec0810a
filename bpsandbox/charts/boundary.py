"""Draw the decisions of a network over the plane, with its examples on top."""

from collections.abc import Sequence
from dataclasses import dataclass

from bpsandbox.document import DecisionBoundary
from bpsandbox.messages import N_, _, sentences
from bpsandbox.numbers import grouped, short

from . import svg
from .contour import Point, outlines
from .marks import mark
from .paths import line, ring
from .plane import Spot, plane, ticks
from .ticks import ROUNDING

SIDE, UNIT = 320, 10
BANDS = 10
MOST_POINTS = 400
SPOTS = 16
PLAIN = 5
"""Place of the mark of examples without a class; it is a circle, as that of the first class."""
OF_CLASS = N_("({x}, {y}): class {value}")
OF_ONE = N_("({x}, {y}): output {value}")
OF_TWO = N_("({x}, {y}): second output minus the first {value}")


@dataclass(frozen=True)
class Frame:
    """Maps data coordinates and grid cells to the square of the drawing (path units, y upward)."""

    x: tuple[float, float]
    y: tuple[float, float]
    n: int

    def cell(self, column: float, row: float) -> tuple[float, float]:
        scale = SIDE * UNIT / (self.n - 1)
        return column * scale, SIDE * UNIT - row * scale

    def point(self, x: float, y: float) -> tuple[float, float]:
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return across * SIDE * UNIT, (1 - up) * SIDE * UNIT


def boundary(record: DecisionBoundary, *, prefix: str = "boundary", held_out: Sequence[bool] = ()) -> str:
    """Draw one recorded decision boundary: regions or bands, the dividing line, the examples.

    Row r of `values` belongs to the r-th y from below, column c to the c-th x. Class indices are drawn as
    regions; numbers, or the number that decides between two classes, as ten bands from vermilion (low) to blue (high)
    with a line where the decision changes. The examples of which `held_out` is true are drawn hollow.
    """
    frame = Frame(record.x, record.y, record.n)
    values = [[float(v) if v is not None else 0.0 for v in row] for row in record.outputs or record.values]
    inner = (
        _regions(values, frame, record.classes) if is_by_class(record) else _bands(values, frame, record)
    ) + _examples(record, frame, held_out)
    return plane(
        inner, ticks(*record.x), ticks(*record.y), (_title(record), _description(record)),
        box=(SIDE * UNIT, SIDE * UNIT), prefix=prefix, class_="boundary", names=("x\u2081", "x\u2082"),
    )  # fmt: skip


def boundary_spots(record: DecisionBoundary, *, of_two: bool = False) -> list[Spot]:
    """Return what is read at a grid of places: the class, the output, or of two outputs the second minus the first."""
    every = max(1, record.n // SPOTS)
    values = record.outputs or record.values
    last = record.n - 1
    words = OF_CLASS if is_by_class(record) else OF_TWO if of_two else OF_ONE
    return [
        (column / last, 1 - row / last, _reading(words, record, column / last, row / last, values[row][column]))
        for row in range(every // 2, record.n, every)
        for column in range(every // 2, record.n, every)
    ]


def _reading(words: str, record: DecisionBoundary, across: float, up: float, value: float | None) -> str:
    x, y = (low + share * (high - low) for share, (low, high) in ((across, record.x), (up, record.y)))
    read = f"{value:.0f}" if words is OF_CLASS else short(value)
    return _(words, x=short(x, 2), y=short(y, 2), value=read)


def shades(record: DecisionBoundary) -> tuple[str, str, str] | None:
    """Return the low, the dividing and the high number of the bands, for a legend; None for regions."""
    if is_by_class(record):
        return None
    values = [[v or 0.0 for v in row] for row in record.outputs or record.values]
    low, divide, high = middle(values, record.divide, _scale(record))
    return short(low, 2), short(divide, 2), short(high, 2)


def is_by_class(record: DecisionBoundary) -> bool:
    """Return whether the values are class indices: whole, below the number of classes, without outputs."""
    classes = record.classes
    return (
        record.outputs is None
        and classes >= 2
        and all(v is not None and float(v).is_integer() and 0 <= v < classes for row in record.values for v in row)
    )


def middle(values: list[list[float]], divide: float | None = None, scale: float = 0.0) -> tuple[float, float, float]:
    """Return the low, dividing and high value of the bands.

    `scale` is the size of the targets: values that differ by less than its rounding are not divided.
    Values within 0 … 1 divide at one half, values of both signs at zero, others in the middle.
    """
    low, high = min(map(min, values)), max(map(max, values))
    size = max(abs(low), abs(high), scale)
    if divide is None and high - low <= ROUNDING * size:  # the same everywhere but for rounding
        return low - size, low - 0.5 * size, low + size
    if divide is not None:
        reach = max(high - divide, divide - low, 0.5)
        return divide - reach, divide, divide + reach
    if low >= -0.25 and high <= 1.25:
        return 0.0, 0.5, 1.0
    reach = max(abs(low), abs(high))
    if low < 0 < high:
        return -reach, 0.0, reach
    return low, (low + high) / 2, high


def _bands(values: list[list[float]], frame: Frame, record: DecisionBoundary) -> str:
    low, divide, high = middle(values, record.divide, _scale(record))
    levels = [low + (high - low) * k / BANDS for k in range(1, BANDS)]
    whole = svg.tag("rect", class_="level level-0", width="100%", height="100%")
    drawn = "".join(_area(values, level, frame, f"level level-{k}") for k, level in enumerate(levels, 1))
    return whole + drawn + _divide(values, divide, frame)


def _scale(record: DecisionBoundary) -> float:
    return max((abs(y or 0.0) for y in record.points.y), default=0.0) if record.points else 0.0


def _divide(values: list[list[float]], level: float, frame: Frame) -> str:
    """Draw the dividing line, without the sides of the picture that close its rings."""
    parts = [line([frame.cell(*point) for point in part]) for part in borders(outlines(values, level), frame.n - 1)]
    return svg.tag("path", class_="divide", d="".join(parts)) if parts else ""


def borders(rings: list[list[Point]], last: int) -> list[list[Point]]:
    """Cut closed rings where they run along a side of the grid (0 or `last`)."""
    parts: list[list[Point]] = []
    for loop in rings:
        part = [loop[0]]
        for before, point in zip(loop, [*loop[1:], loop[0]], strict=True):
            if any(before[k] == point[k] in (0, last) for k in (0, 1)):
                parts, part = [*parts, part], [point]
            else:
                part.append(point)
        parts.append(part)
    return [part for part in parts if len(part) > 1]


def _regions(values: list[list[float]], frame: Frame, classes: int) -> str:
    """Draw each class over the previous ones, so that no gap is left where three meet."""
    whole = svg.tag("rect", class_="region region-0", width="100%", height="100%")
    return whole + "".join(
        _area([[float(v >= k) for v in row] for row in values], 0.5, frame, f"region region-{k % 5}")
        for k in range(1, classes)
    )


def _area(values: list[list[float]], level: float, frame: Frame, class_: str) -> str:
    rings = [[frame.cell(*point) for point in loop] for loop in outlines(values, level)]
    return svg.tag("path", class_=class_, d="".join(ring(loop) for loop in rings), fill_rule="evenodd") if rings else ""


def _examples(record: DecisionBoundary, frame: Frame, held_out: Sequence[bool]) -> str:
    """Draw the examples, each class with its colour and shape; those held out last, hollow."""
    pairs = [(x, y or 0.0) for x, y in zip(record.points.x, record.points.y, strict=True)] if record.points else []
    every = -(-len(pairs) // MOST_POINTS) or 1
    labels = {label: k for k, label in enumerate(sorted({y for _x, y in pairs}))}
    if not record.classes and len(labels) > 2:
        labels = dict.fromkeys(labels, PLAIN)  # a regression: only where its examples are
    size = 70 if len(pairs) <= 40 else 40 if len(pairs) <= 160 else 28
    held = held_out if len(held_out) == len(pairs) else [False] * len(pairs)
    by_mark: dict[tuple[bool, int], list[str]] = {}
    for (x, y), is_held in list(zip(pairs, held, strict=True))[::every]:
        marks = by_mark.setdefault((is_held, labels[y]), [])
        marks.append(mark(labels[y], *frame.point(x[0], x[1]), size))
    return "".join(
        svg.tag("path", class_=_example_class(k, is_held), d="".join(marks))
        for (is_held, k), marks in sorted(by_mark.items())
    )


def _example_class(place: int, is_held: bool) -> str:
    return ("example is-plain" if place == PLAIN else f"example example-{place % 5}") + " is-held-out" * is_held


def _title(record: DecisionBoundary) -> str:
    return _("Decision boundary at epoch {epoch}, seed {seed}", epoch=grouped(record.epoch), seed=record.seed)


def _description(record: DecisionBoundary) -> str:
    where = _(
        "x from {x_low} to {x_high}, y from {y_low} to {y_high}.",
        x_low=short(record.x[0]),
        x_high=short(record.x[1]),
        y_low=short(record.y[0]),
        y_high=short(record.y[1]),
    )
    shares = class_shares(record)
    if not shares:
        return where
    parts = _(", ").join(_("class {label}: {share}%", label=k, share=round(100 * share)) for k, share in shares)
    return sentences(where, _("Share of the area by predicted class: {parts}.", parts=parts))


def class_shares(record: DecisionBoundary) -> list[tuple[int, float]]:
    """Return the share of the grid that is decided as each class."""
    cells = [v for row in record.outputs or record.values for v in row if v is not None]
    if not cells:
        return []
    if is_by_class(record):
        return [(k, sum(v == k for v in cells) / len(cells)) for k in range(record.classes)]
    divide = middle([cells], record.divide)[1]
    share = sum(v >= divide for v in cells) / len(cells)
    return [(0, 1 - share), (1, share)]
