"""Split examples into a training, a validation and a test part."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.errors import TooManyHoldouts
from bpsandbox.core.types import Array

PARTS = ("train", "val", "test")


def sizes(n: int, val: float, test: float) -> dict[str, int]:
    """Return the number of examples of each part, shares rounded to the nearest whole. Raises TooManyHoldouts."""
    held = {"val": int(n * val + 0.5), "test": int(n * test + 0.5)}
    train = n - sum(held.values())
    if train < 1:
        raise TooManyHoldouts(f"{held['val']} + {held['test']} of {n} examples are held out: none is left for training")
    return {"train": train, **held}


def split(rng: np.random.Generator, y: Array, *, val: float, test: float, stratify: bool) -> dict[str, Array]:
    """Return the indices of every part that is not empty: a random order cut into test, val and train.

    When `stratify` is set, `y` are class numbers, and every part contains the classes in nearly the same shares.
    """
    n = len(y)
    count = sizes(n, val, test)
    order = rng.permutation(n)
    if stratify:
        order = _stratified(order, y)
    ends = np.cumsum([count["test"], count["val"]])
    parts = dict(zip(("test", "val", "train"), np.split(order, ends), strict=True))
    return {part: np.sort(parts[part]) for part in PARTS if len(parts[part])}


def _stratified(order: Array, y: Array) -> Array:
    """Reorder so that every contiguous slice contains the classes in nearly the shares of the whole.

    The i-th of m examples of a class is placed at the fraction (i + 1/2) / m.
    """
    place = np.empty(len(order))
    for label in np.unique(y):
        mine = np.flatnonzero(y[order] == label)
        place[mine] = (np.arange(len(mine)) + 0.5) / len(mine)
    return order[np.argsort(place, kind="stable")]
