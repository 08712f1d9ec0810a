"""What is read at the samples in a picture of data with axes."""

from collections.abc import Iterator

from bpsandbox.charts.plane import Spot, spots
from bpsandbox.core.data.datasets import Dataset
from bpsandbox.messages import _
from bpsandbox.numbers import short

from .axes import box
from .frame import sample_slice, values
from .points import MOST_POINTS, places_of


def data_spots(dataset: Dataset) -> str:
    """Return the drawn samples of one or two numbers and what they are, as JSON; empty for other data."""
    return spots([*_read(dataset)]) if dataset.shape in ((1,), (2,)) else ""


def _read(dataset: Dataset) -> Iterator[Spot]:
    left, top, width, height = box()
    some = sample_slice(len(dataset), MOST_POINTS)
    places = places_of(dataset)
    numbers = zip(places.x.tolist(), places.y.tolist(), values(dataset)[some].tolist(), strict=True)
    for (across, down), (x, y, target) in zip(places.of_samples(), numbers, strict=True):
        yield (across - left) / width, (down - top) / height, _words(dataset, short(x), short(y), target)


def _words(dataset: Dataset, x: str, y: str, target: float) -> str:
    if dataset.is_classified:
        return _("({x}, {y}): class {value}", x=x, y=y, value=dataset.labels[int(target)])
    return f"({x}, {y})" if dataset.shape == (1,) else _("({x}, {y}): target {value}", x=x, y=y, value=short(target))
