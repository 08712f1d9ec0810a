"""Run a row with our engine, through the config language, and compare it with the record."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bpsandbox import explain, spec
from bpsandbox.core import Trace, run

from .gradients import Gradients
from .record import digest
from .rows import Config, Row, fingerprint

LIMIT = 1e-10
"""Largest relative difference, in double precision, after 20 steps."""


class StaleRecord(Exception):
    """The record is of another config and must be regenerated."""


@dataclass(frozen=True)
class Distance:
    """Largest relative difference of losses (each step's and the final one), and of the digest of the parameters."""

    losses: float
    parameters: float

    @property
    def worst(self) -> float:
        return max(self.losses, self.parameters)


def with_start(config: Config, start: dict[str, Any]) -> str:
    """Return the config as text with recorded initial values; `steps: null` and the like are omitted."""
    blocks = [block | _init(index, start) for index, block in enumerate(config["model"]["layers"])]
    training = {name: value for name, value in config["training"].items() if value is not None}
    return json.dumps(config | {"model": {"layers": blocks}, "training": training})


def _init(index: int, start: dict[str, Any]) -> Config:
    """Return `init` and `bias_init` of one layer; several tensors take a mapping by name."""
    own = {name.rpartition(".")[2]: values for name, values in start.items() if name.startswith(f"layers.{index}.")}
    weights = {name: values for name, values in own.items() if not name.startswith("bias")}
    biases = {name: values for name, values in own.items() if name.startswith("bias")}
    return _values("init", weights) | _values("bias_init", biases)


def _values(field: str, tensors: dict[str, Any]) -> Config:
    if not tensors:
        return {}
    values = tensors if len(tensors) > 1 else next(iter(tensors.values()))
    return {field: {"type": "values", "values": values}}


def distance(row: Row, record: dict[str, Any]) -> Distance:
    """Train as the row specifies from the recorded initial values, and compare with the peer's record."""
    entry = record["trajectories"].get(row.name)
    if entry is None or entry["config"] != fingerprint(row.config):
        raise StaleRecord(row.name)
    trace = Trace()
    document = (
        run(spec.build(spec.parse(with_start(row.config, record["starts"][row.start]))), observers=[trace])
        .document()
        .to_json()
    )
    losses = [step["loss"][0] for step in trace.steps] + [document["curves"]["train_loss"][-1][0]]
    end = digest([values[0] for values in trace.end.values()])
    return Distance(_losses_apart(losses, [*entry["losses"], entry["measured"]]), _apart(end, entry["end"]))


def _losses_apart(ours: list[float | None], theirs: list[float]) -> float:
    if len(ours) != len(theirs) or None in ours:
        return math.inf
    return max(abs(a - b) / max(abs(b), 1e-300) for a, b in zip(ours, theirs, strict=True))


def _apart(ours: list[float], theirs: list[float]) -> float:
    """Return the largest difference of two lists of numbers, relative to the largest number."""
    scale = max(map(abs, theirs)) or 1.0
    return max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) / scale


# the gradients of a first step

SMALL = 1e-4
"""A tensor whose gradients are all below this share of the network's largest is compared with that share: of a bias
before a normalisation, nothing but rounding is left."""


@dataclass(frozen=True)
class Apart:
    """The distance of one row's gradients: the largest relative difference of each tensor."""

    row: Row
    tensors: dict[str, float]

    @property
    def worst(self) -> float:
        return max(self.tensors.values())


def worked(text: str) -> explain.Worked:
    """Return the worked first step, for the first example."""
    return explain.worked(spec.parse(text), 0, 0)


def gradients_apart(row: Row, working: explain.Worked, theirs: Gradients) -> Apart:
    """Compare the optimiser's gradients with theirs; for a tensor they do not train, ours must be 0."""
    ours = working.tensors["gradient"]
    expected = {name: np.asarray(theirs.get(name, np.zeros(values.shape))) for name, values in ours.items()}
    largest = max(float(np.abs(values).max()) for values in expected.values())
    scales = {name: max(float(np.abs(values).max()), SMALL * largest) for name, values in expected.items()}
    return Apart(row, {name: float(np.abs(ours[name] - expected[name]).max()) / scales[name] for name in ours})


def printed_gradients(working: explain.Worked, theirs: Gradients) -> explain.Worked:
    """Return the worked step with their gradients in place of ours, to compare its steps."""
    return replace(working, tensors={"gradient": {name: np.asarray(values) for name, values in theirs.items()}})
