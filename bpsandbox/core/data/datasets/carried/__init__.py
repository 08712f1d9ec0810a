"""Measured data sets included in the package; `SOURCES.md` lists their sources and licences."""

from __future__ import annotations

import gzip
from functools import cache
from importlib import resources

import numpy as np

from bpsandbox.core.data.datasets.dataset import Dataset, classified

IRIS_FEATURES = ("sepal length", "sepal width", "petal length", "petal width")


@cache
def digits() -> Dataset:
    """1,797 images (1, 8, 8) of handwritten digits, grey values 0 to 16."""
    table = _table("digits.csv.gz")
    return classified("digits", table[:, :-1].reshape(-1, 1, 8, 8), table[:, -1], tuple(range(10)))


@cache
def iris() -> Dataset:
    """150 flowers of three kinds, four lengths in centimetres."""
    table = _table("iris.csv.gz")
    kinds = ("setosa", "versicolor", "virginica")
    return classified("iris", table[:, :-1], table[:, -1], kinds, features=IRIS_FEATURES)


@cache
def wine() -> Dataset:
    """178 wines of three cultivars, thirteen chemical measurements."""
    table = _table("wine.csv.gz")
    return classified("wine", table[:, :-1], table[:, -1], (0, 1, 2))


@cache
def breast_cancer() -> Dataset:
    """569 tumours, thirty measurements of cell nuclei; class 0 is malignant."""
    table = _table("breast_cancer.csv.gz")
    return classified("breast_cancer", table[:, :-1], table[:, -1], ("malignant", "benign"))


READERS = (digits, iris, wine, breast_cancer)
"""Each reads its file once. A process that must not open files later calls them early."""


def _table(name: str) -> np.ndarray:
    with resources.files(__package__).joinpath(name).open("rb") as packed, gzip.open(packed, "rt") as text:
        return np.loadtxt(text, delimiter=",")
