"""Facts about data that are known before the data are generated."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from .kinds import WRONG, Array, shape_of

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
TWO_CLASSES = ("xor_cloud", "circle", "gaussians", "moons", "parity")
ON_A_LINE = ("sine", "step", "abs", "polynomial")
SEQUENCE_FEATURES = {"parity": 1, "adding": 2, "echo": 1, "sine_next": 1}
"""Features per step of the sequence data sets."""

SYMBOLS = {**dict.fromkeys(("xor", "and", "or", "nand", "parity", "echo"), 2), "digits": 17}


@dataclass(frozen=True)
class Facts:
    """Number of examples, shape of a sample, number of classes (0 for regression), size of a regression target.

    `are_shares`: all targets are in [0, 1]. `symbols`: all inputs are whole numbers from 0 to one less than this;
    0 where they are not.
    """

    name: str
    n: int
    shape: tuple[int, ...]
    classes: int = 0
    targets: int = 1
    raw_shape: tuple[int, ...] = ()
    are_shares: bool = False
    symbols: int = 0

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def held_out(self, share: float) -> int:
        """Return the number of examples in a part with this fraction."""
        return int(self.n * share + 0.5)


def facts_of(dataset: Any) -> Facts | None:
    """Return the facts about a dataset block; None where the block is too wrong."""
    if dataset is WRONG:
        return None
    known = _points_facts(dataset["points"]) if "points" in dataset else _named_facts(dataset)
    if known is None or not dataset.get("features") or dataset["features"] is WRONG:
        return known
    return replace(known, shape=(len(dataset["features"]),), symbols=0)


def _named_facts(dataset: dict[str, Any]) -> Facts | None:
    name = dataset["name"]
    if name in FIXED:
        n, shape, classes = FIXED[name]
        return Facts(name, n, shape, classes, raw_shape=shape, symbols=SYMBOLS.get(name, 0))
    n, classes, shape = dataset["n_samples"], _classes(dataset), _shape(dataset)
    if WRONG in (n, classes, *shape):
        return None
    targets = shape[0] if name == "echo" else 1
    return Facts(
        name, n, shape, classes, targets, raw_shape=shape, are_shares=name == "echo", symbols=SYMBOLS.get(name, 0)
    )


def _shape(dataset: dict[str, Any]) -> tuple[Any, ...]:
    if dataset["name"] in SEQUENCE_FEATURES:
        return (dataset["length"], SEQUENCE_FEATURES[dataset["name"]])
    return (1,) if dataset["name"] in ON_A_LINE else (2,)


def _classes(dataset: dict[str, Any]) -> Any:
    if dataset["name"] in TWO_CLASSES:
        return 2
    return dataset.get("arms", dataset.get("classes", 0))


def _points_facts(points: Any) -> Facts | None:
    if points is WRONG or points["x"] is WRONG or points["y"] is WRONG or not points["x"] or not points["y"]:
        return None
    if not isinstance(points["x"], list) or not isinstance(points["y"], list):
        return None
    x, y = _array(points["x"]), _array(points["y"])
    shape = (shape_of(x) or ())[1:] or (1,)
    symbols = x.symbols
    if all(isinstance(target, int) for target in y):
        return Facts("points", len(x), shape, len(set(y)), raw_shape=shape, symbols=symbols)
    targets, are_shares = math.prod((shape_of(y) or ())[1:]), y.are_shares
    return Facts("points", len(x), shape, 0, targets, raw_shape=shape, are_shares=are_shares, symbols=symbols)


def _array(numbers: list[Any]) -> Array:
    return numbers if isinstance(numbers, Array) else Array(numbers)
