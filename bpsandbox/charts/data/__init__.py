"""Draw samples of a data set as points, images, lines over features, or sequences."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from bpsandbox.charts import svg
from bpsandbox.core.data.datasets import Dataset
from bpsandbox.messages import _, sentences
from bpsandbox.numbers import grouped, short

from .axes import box
from .frame import BANDS, HEIGHT, HUES, UNIT, WIDTH, values
from .parallel import key_line, over_features, room_of_names
from .points import against_x, in_the_plane, key_mark
from .sheet import sheet
from .strips import strips


def data_picture(dataset: Dataset, *, prefix: str = "data", axes: bool = False) -> str:
    """Draw some samples of a set, with a title and a description; with `axes` where it has two numbers to show."""
    has_axes = axes and dataset.shape in ((1,), (2,))
    left, top, width, height = box() if has_axes else (0, 0, WIDTH * UNIT, HEIGHT * UNIT)
    height += room_of_names(dataset) if axes else 0
    inner = svg.titled(_title(dataset), _description(dataset), prefix) + "".join(_drawn(dataset, axes=axes))
    return svg.tag(
        "svg",
        inner,
        class_="data-picture",
        **svg.labelled(prefix),
        viewBox=f"{left} {top} {width} {height}",
        width=width // UNIT,
        height=height // UNIT,
    )


MOST_KEYS = 12


@dataclass(frozen=True)
class DataKey:
    """An entry of the legend of a picture of data: a mark, in the units of the picture, and its words."""

    drawing: str
    words: str


def data_keys(dataset: Dataset) -> tuple[DataKey, ...]:
    """Return what the colours of a picture mean: its classes, or the lowest and the highest target.

    None where nothing is coloured by class: pictures, sequences, functions, more classes than a legend has room for.
    """
    are_lines = dataset.shape[0] > 2
    if len(dataset.shape) != 1 or len(dataset.labels) > (HUES if are_lines else MOST_KEYS):
        return ()
    draw = key_line if are_lines else key_mark
    if dataset.is_classified:
        return tuple(DataKey(draw(k, True), _("class {label}", label=label)) for k, label in enumerate(dataset.labels))
    if dataset.shape == (1,):
        return ()
    numbers = values(dataset)
    ends = ((0, float(numbers.min())), (BANDS - 1, float(numbers.max())))
    return tuple(DataKey(draw(shade, False), _("target {value}", value=short(value))) for shade, value in ends)


def _drawn(dataset: Dataset, *, axes: bool) -> Iterator[str]:
    if len(dataset.shape) == 3:
        return sheet(dataset)
    if len(dataset.shape) == 2:
        return strips(dataset)
    if dataset.shape == (1,):
        return against_x(dataset, axes=axes)
    return in_the_plane(dataset, axes=axes) if dataset.shape == (2,) else over_features(dataset, axes=axes)


def _title(dataset: Dataset) -> str:
    return _("Samples from {name}", name=dataset.name)


def _description(dataset: Dataset) -> str:
    size = _("{count} examples of {size} numbers.", count=grouped(len(dataset)), size=grouped(math.prod(dataset.shape)))
    if dataset.is_classified:
        counts = np.bincount(dataset.y, minlength=len(dataset.labels)).tolist()
        return sentences(size, _("Classes: {parts}.", parts=_parts(zip(dataset.labels, counts, strict=True))))
    low, high = short(float(dataset.y.min())), short(float(dataset.y.max()))
    return sentences(size, _("Targets from {low} to {high}.", low=low, high=high))


def _parts(counts: Iterable[tuple[object, int]]) -> str:
    return _(", ").join(_("{label}: {count}", label=label, count=grouped(count)) for label, count in counts)
