"""Compute inputs from the two coordinates of a point, as in TensorFlow Playground."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bpsandbox.core.types import Array

from .datasets import portable
from .datasets.dataset import Dataset

FEATURES: dict[str, Callable[[Array, Array], Array]] = {
    "x": lambda x, y: x,
    "y": lambda x, y: y,
    "x^2": lambda x, y: x * x,
    "y^2": lambda x, y: y * y,
    "x*y": lambda x, y: x * y,
    "sin(x)": lambda x, y: portable.sin(x),
    "sin(y)": lambda x, y: portable.sin(y),
}


@dataclass(frozen=True)
class Features:
    """Replaces samples (x, y) by the named functions of x and y."""

    names: tuple[str, ...]

    def __call__(self, x: Array) -> Array:
        return np.column_stack([FEATURES[name](x[:, 0], x[:, 1]) for name in self.names])


def with_features(dataset: Dataset, names: Sequence[str]) -> Dataset:
    return replace(dataset, x=Features(tuple(names))(dataset.x), features=tuple(names))
