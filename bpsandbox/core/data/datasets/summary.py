"""Summarise a data set for its card."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bpsandbox.core.types import Array

from .dataset import Dataset


@dataclass(frozen=True)
class Spread:
    """Range, mean and variance of all numbers of an array."""

    low: float
    high: float
    mean: float
    variance: float


@dataclass(frozen=True)
class Summary:
    """Size, class balance and content of a set. Regression sets have `targets`; classification sets have `classes`."""

    n: int
    shape: tuple[int, ...]
    inputs: Spread
    classes: tuple[tuple[int | str, int], ...]
    targets: Spread | None
    target_size: int
    hash: str


def summary(dataset: Dataset) -> Summary:
    counts = np.bincount(dataset.y, minlength=len(dataset.labels)).tolist() if dataset.is_classified else []
    return Summary(
        n=len(dataset),
        shape=dataset.shape,
        inputs=_spread(dataset.x),
        classes=tuple(zip(dataset.labels, counts, strict=True)),
        targets=None if dataset.is_classified else _spread(dataset.y),
        target_size=1 if dataset.is_classified else dataset.y.shape[1],
        hash=dataset.hash,
    )


def _spread(numbers: Array) -> Spread:
    return Spread(float(numbers.min()), float(numbers.max()), float(numbers.mean()), float(numbers.var()))
