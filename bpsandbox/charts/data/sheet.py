"""Draw the first images of a set as a contact sheet."""

from collections.abc import Iterator

import numpy as np

from bpsandbox.charts import svg
from bpsandbox.core.data.datasets import Dataset

from .frame import ACROSS, DOWN, HEIGHT, UNIT, WIDTH, extent

COLUMNS, ROWS = 8, 4
GREYS = 8


def sheet(dataset: Dataset) -> Iterator[str]:
    """Draw the first images, channels averaged, large numbers dark."""
    greys = _greys(dataset)
    height, width = greys.shape[1:]
    pixel = max(1, min(ACROSS // (COLUMNS * (width + 1)), DOWN // (ROWS * (height + 1))))
    left = (WIDTH * UNIT - pixel * (COLUMNS * (width + 1) - 1)) // 2
    top = (HEIGHT * UNIT - pixel * (ROWS * (height + 1) - 1)) // 2
    paths: dict[int, list[str]] = {}
    for i, picture in enumerate(greys):
        place = left + i % COLUMNS * (width + 1) * pixel, top + i // COLUMNS * (height + 1) * pixel
        for grey, run in _painted(picture.tolist(), *place, pixel):
            paths.setdefault(grey, []).append(run)
    for grey, runs in sorted(paths.items()):
        yield svg.tag("path", class_="pixel", fill_opacity=f"{grey / (GREYS - 1):.2f}", d="".join(runs))


def _greys(dataset: Dataset) -> np.ndarray:
    pictures = dataset.x[: COLUMNS * ROWS].mean(axis=1)
    low, span = extent(pictures)
    return np.minimum(((pictures - low) / span * GREYS).astype(int), GREYS - 1)


def _painted(picture: list[list[int]], left: int, top: int, pixel: int) -> Iterator[tuple[int, str]]:
    """Yield the grey level and path of every run of equal pixels that is not empty."""
    for y, row in enumerate(picture):
        for x, length, grey in _runs(row):
            if grey:
                yield grey, f"M{left + x * pixel} {top + y * pixel}h{length * pixel}v{pixel}h{-length * pixel}z"


def _runs(row: list[int]) -> Iterator[tuple[int, int, int]]:
    """Yield start, length and value of the runs of equal numbers."""
    start = 0
    for i in range(1, len(row) + 1):
        if i == len(row) or row[i] != row[start]:
            yield start, i - start, row[start]
            start = i
