"""Draw a data set small, for a picker: a few dots of each class, or of a function."""

from collections.abc import Iterator

import numpy as np

from bpsandbox.charts import svg
from bpsandbox.core.data.datasets import Dataset

from .frame import Array, extent, values

SIDE, MARGIN = 48, 6
MOST_DOTS = 60


def thumb(dataset: Dataset) -> str:
    """Return a square drawing without words; empty for samples that are no points of a line or of the plane."""
    if dataset.shape not in ((1,), (2,)):
        return ""
    return svg.tag("svg", "".join(_parts(dataset)), class_="thumb", viewBox=f"0 0 {SIDE} {SIDE}", aria_hidden="true")


def _parts(dataset: Dataset) -> Iterator[str]:
    some = np.random.default_rng(0).permutation(len(dataset))[:MOST_DOTS]  # sets are in an order of classes
    numbers = values(dataset)[some].astype(float)
    x = dataset.x[some, 0]
    y = numbers if dataset.shape == (1,) else dataset.x[some, 1]
    if dataset.is_classified:
        kinds = numbers
    elif dataset.shape == (1,):
        kinds = np.ones(len(numbers))
    else:
        kinds = (numbers > np.median(numbers)).astype(float)
    across, down = _placed(x), _placed(-y)
    for kind in np.unique(kinds).tolist():
        own = kinds == kind
        dots = "".join(f"M{a:.0f} {b:.0f}h0" for a, b in zip(across[own], down[own], strict=True))
        yield svg.tag("path", class_=f"dots dots-{int(kind) % 5}", d=dots)


def _placed(numbers: Array) -> Array:
    low, span = extent(numbers)
    return MARGIN + (SIDE - 2 * MARGIN) * (numbers.astype(float) - low) / span
