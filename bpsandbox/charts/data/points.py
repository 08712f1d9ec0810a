"""Draw samples of one or two numbers as marks."""

from collections.abc import Iterator

import numpy as np

from bpsandbox.charts import svg
from bpsandbox.charts.marks import mark
from bpsandbox.core.data.datasets import Dataset

from .axes import Places, drawn_axes
from .frame import HUES, Array, bands, sample_slice, values

MOST_POINTS = 300
LARGE, SMALL = 70, 34
"""Radius of a mark among few and among many."""
FEW = 40


def in_the_plane(dataset: Dataset, *, axes: bool = False) -> Iterator[str]:
    """Draw samples (x, y) on equal axes: classes by colour and shape, numbers by ten shades."""
    places = places_of(dataset)
    if axes:
        yield drawn_axes(places, *axis_names(dataset))
    yield from _points(dataset, places.of_samples(), values(dataset)[sample_slice(len(dataset), MOST_POINTS)])


def against_x(dataset: Dataset, *, axes: bool = False) -> Iterator[str]:
    """Draw samples of one number along x, with the target along y."""
    places = places_of(dataset)
    if axes:
        yield drawn_axes(places, *axis_names(dataset))
    if dataset.is_classified:
        yield from _points(dataset, places.of_samples(), places.y)
    else:
        marks = "".join(mark(0, *place, SMALL) for place in places.of_samples())
        yield svg.tag("path", class_="example", d=marks)


def places_of(dataset: Dataset) -> Places:
    """Place the samples that are drawn, at most MOST_POINTS; those of one number by their target too."""
    x = dataset.x[sample_slice(len(dataset), MOST_POINTS)]
    if dataset.shape == (2,):
        return Places.of(x[:, 0], x[:, 1], is_square=True)
    return Places.of(x[:, 0], values(dataset)[sample_slice(len(dataset), MOST_POINTS)], is_square=False)


def axis_names(dataset: Dataset) -> tuple[str, str]:
    """Return the names of the features, or x₁ and x₂ as beside a boundary; of a function, x and its target."""
    if dataset.shape == (1,):
        return (*dataset.features, "x")[0], "y"
    names = dataset.features or ("x₁", "x₂")
    return names[0], names[1]


def _points(dataset: Dataset, places: list[tuple[int, int]], numbers: Array) -> Iterator[str]:
    groups = numbers if dataset.is_classified else bands(numbers)
    name, radius = "example" if dataset.is_classified else "shade", LARGE if len(places) <= FEW else SMALL
    for group in np.unique(groups).tolist():
        hue, shape = _look(group, dataset.is_classified)
        marks = (mark(shape, *place, radius) for place, own in zip(places, groups, strict=True) if own == group)
        yield svg.tag("path", class_=f"{name} {name}-{hue}", d="".join(marks))


def _look(group: int, is_class: bool) -> tuple[int, int]:
    """Return hue and shape: more than five classes need other combinations of them."""
    hue = group % HUES if is_class else group
    return hue, hue + group // HUES if is_class else 0


def key_mark(group: int, is_class: bool) -> str:
    """Draw the mark of a class or shade for a legend, in a box of 160 × 120."""
    hue, shape = _look(group, is_class)
    name = "example" if is_class else "shade"
    return svg.tag("path", class_=f"{name} {name}-{hue}", d=mark(shape, 80, 60, 45))
