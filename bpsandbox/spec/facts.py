"""What is known about data before it is made."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .kinds import WRONG, shape_of

FIXED = {
    "xor": (4, (2,), 2),
    "and": (4, (2,), 2),
    "or": (4, (2,), 2),
    "nand": (4, (2,), 2),
    "digits": (1797, (1, 8, 8), 10),
    "iris": (150, (4,), 3),
    "wine": (178, (13,), 3),
    "breast_cancer": (569, (30,), 2),
}
TWO_CLASSES = ("xor_cloud", "circle", "gaussians", "moons")
ON_A_LINE = ("sine", "step", "abs", "polynomial")


@dataclass(frozen=True)
class Facts:
    """Number of examples, shape of a sample, number of classes (0 for regression), numbers in a regression target."""

    name: str
    n: int
    shape: tuple[int, ...]
    classes: int = 0
    targets: int = 1
    raw_shape: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        return math.prod(self.shape)


def facts_of(dataset: Any) -> Facts | None:
    """Facts about a dataset block that was read; None where it is too wrong to say."""
    if dataset is WRONG:
        return None
    known = _points_facts(dataset["points"]) if "points" in dataset else _named_facts(dataset)
    if known is None or not dataset.get("features") or dataset["features"] is WRONG:
        return known
    shape = (len(dataset["features"]),)
    return Facts(known.name, known.n, shape, known.classes, known.targets, known.shape)


def _named_facts(dataset: dict[str, Any]) -> Facts | None:
    name = dataset["name"]
    if name in FIXED:
        n, shape, classes = FIXED[name]
        return Facts(name, n, shape, classes, raw_shape=shape)
    n, classes = dataset["n_samples"], _classes(dataset)
    if WRONG in (n, classes):
        return None
    shape = (1,) if name in ON_A_LINE else (2,)
    return Facts(name, n, shape, classes, raw_shape=shape)


def _classes(dataset: dict[str, Any]) -> Any:
    if dataset["name"] in TWO_CLASSES:
        return 2
    return dataset.get("arms", dataset.get("classes", 0))


def _points_facts(points: Any) -> Facts | None:
    if points is WRONG or points["x"] is WRONG or points["y"] is WRONG or not points["x"] or not points["y"]:
        return None
    x, y = points["x"], points["y"]
    if not isinstance(x, list) or not isinstance(y, list):
        return None
    shape = (shape_of(x) or ())[1:] or (1,)
    if all(isinstance(target, int) for target in y):
        return Facts("points", len(x), shape, len(set(y)), raw_shape=shape)
    return Facts("points", len(x), shape, 0, math.prod((shape_of(y) or ())[1:]), raw_shape=shape)
