"""Plot a curve in braille characters: eight dots per cell, one line for each seed, a log axis if possible."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from bpsandbox.document import Recorded

ROWS = 12
LABEL = 9
# Bits of the dots of a braille cell, by row and column.
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
BLANK = 0x2800

Point = tuple[float, float]


def plot(document: Recorded, name: str, *, columns: int, rows: int = ROWS) -> str:
    """Return the plot of one curve of a result; an empty text without points."""
    lines = [list(drawable(document.epochs, seed)) for seed in zip(*document.curves[name], strict=True)]
    values = [y for line in lines for _, y in line]
    if not values:
        return ""
    scale = Scale(values)
    canvas = Canvas(columns - LABEL - 2, rows, x=(document.epochs[0], document.epochs[-1]), y=scale.ends)
    for line in lines:
        canvas.draw([(x, scale.place(y)) for x, y in line])
    return "\n".join(framed(canvas, scale, name, document.epochs))


def drawable(epochs: Sequence[float], seed: tuple[float | None, ...]) -> Iterator[Point]:
    return ((epoch, value) for epoch, value in zip(epochs, seed, strict=True) if value is not None)


class Scale:
    """A log axis for positive numbers that span more than one power of ten, else a linear one."""

    def __init__(self, values: list[float]) -> None:
        low, high = min(values), max(values)
        self.is_log = low > 0 and high / low > 10
        self.ends = (self.place(low), self.place(high))

    def place(self, value: float) -> float:
        return math.log10(value) if self.is_log else value

    def value(self, place: float) -> float:
        return 10**place if self.is_log else place


class Canvas:
    """A grid of dots, two by four in each cell."""

    def __init__(self, columns: int, rows: int, *, x: Point, y: Point) -> None:
        self.columns, self.rows = max(10, columns), rows
        self.x, self.y = x, y
        self.cells = [[BLANK] * self.columns for _ in range(rows)]

    def draw(self, line: list[Point]) -> None:
        dots = [self.dot(*point) for point in line]
        for start, end in zip(dots, dots[1:] or dots, strict=False):
            self.join(start, end)

    def dot(self, x: float, y: float) -> tuple[int, int]:
        across = share(x, self.x) * (self.columns * 2 - 1)
        down = (1 - share(y, self.y)) * (self.rows * 4 - 1)
        return round(across), round(down)

    def join(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
        for step in range(steps + 1):
            column = start[0] + round((end[0] - start[0]) * step / steps)
            row = start[1] + round((end[1] - start[1]) * step / steps)
            self.cells[row // 4][column // 2] |= DOTS[row % 4][column % 2]

    def lines(self) -> list[str]:
        return ["".join(map(chr, row)) for row in self.cells]


def share(value: float, ends: Point) -> float:
    """Return the position of a value between two ends, 0 to 1. Halving first avoids overflow."""
    low, high = ends[0] / 2, ends[1] / 2
    return (value / 2 - low) / (high - low) if high > low else 0.5


def framed(canvas: Canvas, scale: Scale, name: str, epochs: Sequence[float]) -> Iterator[str]:
    """Add axes and their labels to a plot."""
    low, high = scale.ends
    middle = len(canvas.cells) // 2
    marks = {0: high, middle: high + (low - high) * middle / (canvas.rows - 1), canvas.rows - 1: low}
    yield f"{name}{' (log)' if scale.is_log else ''}"
    for index, line in enumerate(canvas.lines()):
        label = f"{scale.value(marks[index]):.3g}" if index in marks else ""
        yield f"{label:>{LABEL}} ┤{line}".rstrip()
    first, last = f"{epochs[0]:,}", f"{epochs[-1]:,} epochs"
    yield f"{'':>{LABEL}} └{'─' * canvas.columns}"
    yield f"{'':>{LABEL}}  {first}{last:>{canvas.columns - len(first)}}"
