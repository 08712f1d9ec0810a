"""Draw the decisions of a network over the plane, with its examples on top."""

from dataclasses import dataclass

from bpsandbox.document import DecisionBoundary
from bpsandbox.messages import _, sentences
from bpsandbox.numbers import grouped, short

from . import svg
from .contour import Point, outlines
from .marks import mark
from .paths import line, ring

SIDE, UNIT = 320, 10
BANDS = 10
MOST_POINTS = 400


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


def boundary(record: DecisionBoundary, *, prefix: str = "boundary") -> str:
    """Draw one recorded decision boundary: regions or bands, the dividing line, the examples.

    Row r of `values` belongs to the r-th y from below, column c to the c-th x. Class indices are drawn as
    regions; numbers, or the number that decides between two classes, as ten bands from blue (low) to vermilion (high)
    with a line where the decision changes.
    """
    frame = Frame(record.x, record.y, record.n)
    values = [[float(v) if v is not None else 0.0 for v in row] for row in record.outputs or record.values]
    inner = (
        svg.titled(_title(record), _description(record), prefix)
        + (_regions(values, frame, record.classes) if is_by_class(record) else _bands(values, frame, record.divide))
        + _examples(record, frame)
    )
    return svg.tag(
        "svg",
        inner,
        class_="boundary",
        **svg.labelled(prefix),
        viewBox=f"0 0 {SIDE * UNIT} {SIDE * UNIT}",
        width=SIDE,
        height=SIDE,
    )


def is_by_class(record: DecisionBoundary) -> bool:
    """Return whether the values are class indices: whole, below the number of classes, without outputs."""
    classes = record.classes
    return (
        record.outputs is None
        and classes >= 2
        and all(v is not None and float(v).is_integer() and 0 <= v < classes for row in record.values for v in row)
    )


def middle(values: list[list[float]], divide: float | None = None) -> tuple[float, float, float]:
    """Return the low, dividing and high value of the bands.

    Values within 0 … 1 divide at one half, values of both signs at zero, others in the middle.
    """
    low, high = min(map(min, values)), max(map(max, values))
    if divide is not None:
        reach = max(high - divide, divide - low, 0.5)
        return divide - reach, divide, divide + reach
    if low >= -0.25 and high <= 1.25:
        return 0.0, 0.5, 1.0
    reach = max(abs(low), abs(high))
    if low < 0 < high:
        return -reach, 0.0, reach
    return low, (low + high) / 2, high


def _bands(values: list[list[float]], frame: Frame, given: float | None) -> str:
    low, divide, high = middle(values, given)
    levels = [low + (high - low) * k / BANDS for k in range(1, BANDS)]
    whole = svg.tag("rect", class_="level level-0", width="100%", height="100%")
    drawn = "".join(_area(values, level, frame, f"level level-{k}") for k, level in enumerate(levels, 1))
    return whole + drawn + _divide(values, divide, frame)


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


def _examples(record: DecisionBoundary, frame: Frame) -> str:
    """Draw the examples, each class with its colour and shape."""
    pairs = [(x, y or 0.0) for x, y in zip(record.points.x, record.points.y, strict=True)] if record.points else []
    every = -(-len(pairs) // MOST_POINTS) or 1
    labels = {label: k for k, label in enumerate(sorted({y for _x, y in pairs}))}
    size = 70 if len(pairs) <= 40 else 40 if len(pairs) <= 160 else 28
    by_mark: dict[int, list[str]] = {}
    for x, y in pairs[::every]:
        by_mark.setdefault(labels[y], []).append(mark(labels[y], *frame.point(x[0], x[1]), size))
    return "".join(
        svg.tag("path", class_=f"example example-{k % 5}", d="".join(marks)) for k, marks in sorted(by_mark.items())
    )


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
    parts = _(", ").join(_("class {label}: {share} %", label=k, share=round(100 * share)) for k, share in shares)
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
