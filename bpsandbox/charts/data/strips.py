"""Draw the first sequences of a set, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bpsandbox.charts import svg
from bpsandbox.charts.marks import mark
from bpsandbox.charts.paths import line
from bpsandbox.core.data.datasets import Dataset
from bpsandbox.numbers import short

from .frame import ACROSS, DOWN, EDGE, UNIT, Array, extent

STEPS = 64
"""Most steps drawn of a sequence."""
STRIPS, BETWEEN, ROOM = 4, 14 * UNIT, 56 * UNIT
"""Number of sequences in a picture, the gap between them, and the margin at the right for the target."""


@dataclass(frozen=True)
class Lane:
    """The area in which one number per step is drawn; steps are `gap` apart."""

    gap: float
    top: float
    height: float

    def across(self, k: int) -> float:
        return EDGE + (k + 0.5) * self.gap


def strips(dataset: Dataset) -> Iterator[str]:
    """Draw sequences below each other: bits as cells, numbers as a line; the target is at the right."""
    count = min(STRIPS, len(dataset))
    height = (DOWN - (STRIPS - 1) * BETWEEN) / STRIPS
    first = EDGE + (STRIPS - count) * (height + BETWEEN) / 2
    for i in range(count):
        yield from _strip(dataset, i, first + i * (height + BETWEEN), height)


def _strip(dataset: Dataset, i: int, top: float, height: float) -> Iterator[str]:
    """Return a lane for every number of a step, and one for the targets if each step has one."""
    asks_every_step = not dataset.is_classified and dataset.y.shape[1] == dataset.shape[0]
    steps = min(STEPS, dataset.shape[0])
    gap = (ACROSS - (0 if asks_every_step else ROOM)) / steps
    rows = [*dataset.x[i, :steps].T, dataset.y[i, :steps]] if asks_every_step else list(dataset.x[i, :steps].T)
    for k, numbers in enumerate(rows):
        lane = Lane(gap, top + k * height / len(rows), 0.86 * height / len(rows))
        role = " is-target" if k == dataset.shape[1] else ""
        yield _cells(numbers, lane, role) if _are_bits(numbers) else _wave(numbers, extent(dataset.x[:STRIPS]), lane)
    if not asks_every_step:
        yield _answer(dataset, i, EDGE + gap * steps + 10 * UNIT, top + height / 2)


def _are_bits(numbers: Array) -> bool:
    return set(np.unique(numbers).tolist()) <= {0.0, 1.0}


def _cells(bits: Array, lane: Lane, role: str) -> str:
    """Draw a square for each step, filled if the bit is 1."""
    side = round(min(0.8 * lane.gap, lane.height))
    top = round(lane.top + (lane.height - side) / 2)
    squares = [f"M{round(lane.across(k) - side / 2)} {top}h{side}v{side}h{-side}z" for k in range(len(bits))]
    ones = "".join(square for square, bit in zip(squares, bits.tolist(), strict=True) if bit)
    return svg.tag("path", class_=f"cell{role}", d="".join(squares)) + (
        svg.tag("path", class_=f"cell is-one{role}", d=ones) if ones else ""
    )


def _wave(numbers: Array, scale: tuple[float, float], lane: Lane) -> str:
    low, span = scale
    places = [
        (lane.across(k), lane.top + (1.0 - (value - low) / span) * lane.height)
        for k, value in enumerate(numbers.tolist())
    ]
    dots = "".join(mark(0, *place, 16) for place in places) if len(places) <= 40 else ""
    return svg.tag("path", class_="wave", d=line(places)) + svg.tag("path", class_="wave-dot", d=dots)


def _answer(dataset: Dataset, i: int, x: float, middle: float) -> str:
    target = dataset.labels[dataset.y[i]] if dataset.is_classified else short(float(dataset.y[i, 0]))
    return svg.text(f"→ {target}", class_="answer", x=round(x), y=round(middle + 4 * UNIT))
