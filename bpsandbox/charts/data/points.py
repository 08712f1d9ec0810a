"""Draw samples of one or two numbers as marks."""

from collections.abc import Iterator

import numpy as np

from bpsandbox.charts import svg
from bpsandbox.charts.marks import mark
from bpsandbox.core.data.datasets import Dataset

from .frame import ACROSS, DOWN, EDGE, HUES, Array, bands, extent, sample_slice, values

MOST_POINTS = 300
LARGE, SMALL = 70, 34
"""Radius of a mark among few and among many."""
FEW = 40


def in_the_plane(dataset: Dataset) -> Iterator[str]:
    """Draw samples (x, y) on equal axes: classes by colour and shape, numbers by ten shades."""
    some = sample_slice(len(dataset), MOST_POINTS)
    return _points(dataset, _placed(dataset.x[some, 0], dataset.x[some, 1], is_square=True), values(dataset)[some])


def against_x(dataset: Dataset) -> Iterator[str]:
    """Draw samples of one number along x, with the target along y."""
    some = sample_slice(len(dataset), MOST_POINTS)
    y = values(dataset)[some]
    places = _placed(dataset.x[some, 0], y, is_square=False)
    if dataset.is_classified:
        return _points(dataset, places, y)
    return iter([svg.tag("path", class_="example example-0", d="".join(mark(0, *place, SMALL) for place in places))])


def _points(dataset: Dataset, places: list[tuple[int, int]], numbers: Array) -> Iterator[str]:
    groups = numbers if dataset.is_classified else bands(numbers)
    name, radius = "example" if dataset.is_classified else "shade", LARGE if len(places) <= FEW else SMALL
    for group in np.unique(groups).tolist():
        hue = group % HUES if dataset.is_classified else group
        shape = (
            hue + group // HUES if dataset.is_classified else 0
        )  # more than five classes need other combinations of colour and shape
        marks = (mark(shape, *place, radius) for place, own in zip(places, groups, strict=True) if own == group)
        yield svg.tag("path", class_=f"{name} {name}-{hue}", d="".join(marks))


def _placed(x: Array, y: Array, *, is_square: bool) -> list[tuple[int, int]]:
    """Return positions in the drawing, y upward; with `is_square` both axes have one scale."""
    (x_low, x_span), (y_low, y_span) = extent(x), extent(y)
    across, up = ACROSS / x_span, DOWN / y_span
    if is_square:
        across = up = min(across, up)
    left = EDGE + (ACROSS - across * x_span) / 2
    top = EDGE + (DOWN - up * y_span) / 2
    return [
        (round(left + across * (a - x_low)), round(top + up * (y_low + y_span - b)))
        for a, b in zip(x.tolist(), y.tolist(), strict=True)
    ]
