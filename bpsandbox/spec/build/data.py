"""Build the training, validation and test parts from the dataset block."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpsandbox import core
from bpsandbox.core.data.datasets import SETS, Dataset, Features, Scaler, fit, points, with_features
from bpsandbox.core.data.split import split
from bpsandbox.core.data.targets import encode
from bpsandbox.core.streams import stream
from bpsandbox.core.train.metrics import NOTHING

from .table import Config, frozen

PREPARATION = ("name", "seed", "features", "standardize", "split")


def make_dataset(block: Config) -> tuple[Dataset, Dataset]:
    """Return the dataset with its features, before scaling, and the dataset without features."""
    raw = _raw_dataset(block)
    return (with_features(raw, block["features"]) if "features" in block else raw), raw


def _raw_dataset(block: Config) -> Dataset:
    if "points" in block:
        return points(**block["points"])
    known = SETS[block["name"]]
    if not known.is_drawn:
        return known.make()
    own = {key: frozen(value) for key, value in block.items() if key not in PREPARATION}
    return known.make(stream(block["seed"], "data"), **own)


def make_parts(config: Config, dataset: Dataset, loss: core.Loss, outputs: int) -> tuple[dict[str, core.Part], Any]:
    """Return the scaled parts by name, and the function that turns raw points into inputs."""
    chosen = rows_of(config, dataset)
    scaler: Scaler | None = fit(config["dataset"]["standardize"], dataset.x[chosen["train"]])
    x = dataset.x if scaler is None else scaler(dataset.x)
    y = encode(dataset, loss, outputs)
    dtype = config["dtype"]
    parts = {
        name: core.Part(
            np.ascontiguousarray(x[rows], dtype=dtype),
            np.ascontiguousarray(y[rows], dtype=dtype),
            dataset.y[rows] if dataset.is_classified else NOTHING,
        )
        for name, rows in chosen.items()
    }
    features = Features(tuple(config["dataset"]["features"])) if "features" in config["dataset"] else None
    return parts, Preparation(features, scaler)


class Preparation:
    """Turns points of the plane into inputs of the network: features, then scaling."""

    def __init__(self, features: Features | None, scaler: Scaler | None) -> None:
        self.features, self.scaler = features, scaler

    def __call__(self, x: np.ndarray) -> np.ndarray:
        x = x if self.features is None else self.features(x)
        return x if self.scaler is None else self.scaler(x)


def rows_of(config: Config, dataset: Dataset) -> dict[str, np.ndarray]:
    """Return the rows of each part."""
    block = config["dataset"]["split"]
    if not block["val"] and not block["test"]:
        return {"train": np.arange(len(dataset))}
    y = dataset.y if dataset.is_classified else np.zeros(len(dataset))
    rng = stream(block["seed"], "split")
    return split(rng, y, val=block["val"], test=block["test"], stratify=block["stratify"])
