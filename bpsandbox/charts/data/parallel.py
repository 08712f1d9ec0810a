"""Draw samples of many features as parallel coordinates."""

from collections.abc import Iterator

import numpy as np

from bpsandbox.charts import svg
from bpsandbox.charts.paths import line
from bpsandbox.core.data.datasets import Dataset
from bpsandbox.numbers import short

from .frame import ACROSS, DOWN, EDGE, HUES, UNIT, bands, sample_slice, values

MOST_LINES, MOST_CORNERS = 120, 2400
MOST_AXES = 6


def over_features(dataset: Dataset, *, axes: bool = False) -> Iterator[str]:
    """Draw one line for each sample over its features, each scaled from its lowest to its highest value.

    With `axes`, each feature has a line with its lowest and its highest value, if there is room.
    """
    if axes and dataset.shape[0] <= MOST_AXES:
        yield svg.tag("g", "".join(_axes(dataset)), class_="data-axes", aria_hidden="true")
    some = sample_slice(len(dataset), max(4, min(MOST_LINES, MOST_CORNERS // dataset.shape[0])))
    x, numbers = dataset.x[some], values(dataset)[some]
    low, span = dataset.x.min(axis=0), np.ptp(dataset.x, axis=0)
    share = (x - low) / np.where(span > 0.0, span, 1.0)
    groups = numbers % HUES if dataset.is_classified else bands(numbers)
    name = "thread thread" if dataset.is_classified else "thread shade"
    for group in np.unique(groups).tolist():
        lines = (line(_points(row, EDGE, DOWN)) for row in share[groups == group].tolist())
        yield svg.tag("path", class_=f"{name}-{group}", d="".join(lines))


def room_of_names(dataset: Dataset) -> int:
    """Return how much lower a picture with axes ends where the features have names."""
    return 28 * UNIT if dataset.features and len(dataset.shape) == 1 and 2 < dataset.shape[0] <= MOST_AXES else 0


def _axes(dataset: Dataset) -> Iterator[str]:
    gap = ACROSS / max(1, dataset.shape[0] - 1)
    names = dataset.features
    ends = zip(dataset.x.min(axis=0).tolist(), dataset.x.max(axis=0).tolist(), strict=True)
    for i, (low, high) in enumerate(ends):
        x = round(EDGE + i * gap)
        anchor = "start" if i == 0 else "end" if i == dataset.shape[0] - 1 else "middle"
        yield svg.tag("path", class_="grid", d=f"M{x} {EDGE}V{EDGE + DOWN}")
        yield svg.text(short(high), x=x, y=EDGE - 3 * UNIT, text_anchor=anchor)
        yield svg.text(short(low), x=x, y=EDGE + DOWN + 12 * UNIT, text_anchor=anchor)
        # A name of two words has two lines: side by side, four names are wider than a phone.
        for row, word in enumerate(names[i].split() if names else ()):
            yield svg.text(word, class_="name", x=x, y=EDGE + DOWN + (26 + 12 * row) * UNIT, text_anchor=anchor)


def _points(shares: list[float], top: float, height: float) -> list[tuple[float, float]]:
    """Return points across the drawing, with heights as shares."""
    gap = ACROSS / max(1, len(shares) - 1)
    return [(EDGE + i * gap, top + (1.0 - share) * height) for i, share in enumerate(shares)]


def key_line(group: int, is_class: bool) -> str:
    """Draw the line of a class or shade for a legend, in a box of 160 × 120."""
    name = "thread thread" if is_class else "thread shade"
    return svg.tag("path", class_=f"{name}-{group % HUES if is_class else group}", d="M0 60h160")
