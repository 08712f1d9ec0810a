"""What a run will cost, found out before it runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .facts import Facts
from .shapes import shapes_of

if TYPE_CHECKING:
    from .spec import Spec

# Seconds, measured on one core of a small machine: a call of a NumPy function, a slice of a stacked matrix product,
# a multiply-add in it, a number that passes through an elementwise call.
CALL, SLICE, MULTIPLY_ADD, NUMBER = 0.65e-6, 0.12e-6, 0.8e-10, 0.55e-9
STEP, EPOCH_SEED, POINT, START = 3.0e-6, 4.0e-6, 60.0e-6, 0.02
SLOW = {
    "sigmoid": 8,
    "tanh": 8,
    "softmax": 12,
    "elu": 14,
    "selu": 14,
    "gelu": 60,
    "silu": 12,
    "softplus": 24,
    "mish": 30,
}
OPTIMIZER_CALLS = {
    "SGD": 2,
    "Adam": 15,
    "AdamW": 17,
    "RMSprop": 9,
    "Adagrad": 8,
    "Adadelta": 16,
    "NAdam": 18,
    "Adamax": 12,
    "Lion": 10,
}
SCRATCH = {"gelu": 6, "elu": 2, "selu": 2, "softplus": 2, "mish": 2, "silu": 1, "softmax": 1}
METRICS = {"roc_auc": 200}
METRICS_BY_CLASS = dict.fromkeys(("precision", "recall", "f1"), 25)
"""Numbers' worth of time for an example, or for an example and a class; any other metric is 4."""
BASE_MEMORY = 60 * 1024 * 1024
CHUNK, CHECKED = 512, 32
"""Rows measured in one pass, and rows that a gradient check looks at."""


@dataclass(frozen=True)
class Price:
    """What a run costs: all seeds together, forward and backward."""

    parameters: int
    multiply_adds: int
    memory_bytes: int
    stored_points: int
    """Numbers in all curves."""
    seconds: float
    spec: Spec | None = None

    @property
    def steps(self) -> int:
        return _steps(self.spec.config, self.spec.facts) if self.spec else 0


def price(spec: Spec) -> Price:
    """Price a spec without running anything."""
    facts = spec.facts
    cost = price_config(spec.config, facts)
    return Price(cost.parameters, cost.multiply_adds, cost.memory_bytes, cost.stored_points, cost.seconds, spec)


def price_config(config: dict[str, Any], facts: Facts) -> Price:
    """Price a canonical config."""
    work = _Work(config, facts)
    return Price(work.parameters, work.multiply_adds, work.memory_bytes, work.stored_points, work.seconds)


class _Work:
    """The arithmetic behind a price."""

    def __init__(self, config: dict[str, Any], facts: Facts) -> None:
        self.config, self.facts = config, facts
        self.sizes = [math.prod(shape or ()) for shape in shapes_of(config, facts)]
        self.layers = config["model"]["layers"]
        self.seeds = len(config["seeds"])
        self.n = _train_size(config, facts)
        self.batch = _batch(config, self.n)
        self.steps = _steps(config, facts)
        self.points = _points(config, self.n)
        self.bytes = 4 if config["dtype"] == "float32" else 8
        self.matrices = [
            (self.sizes[i], layer["out_features"]) for i, layer in enumerate(self.layers) if layer["type"] == "Linear"
        ]

    @property
    def parameters(self) -> int:
        biased = [layer["bias"] for layer in self.layers if layer["type"] == "Linear"]
        return sum(n_in * n_out + n_out * bias for (n_in, n_out), bias in zip(self.matrices, biased, strict=True))

    @property
    def forward(self) -> int:
        """Multiply-adds for one example."""
        return sum(n_in * n_out for n_in, n_out in self.matrices)

    @property
    def training(self) -> int:
        """Forward, dW, and dX of every matrix but the first."""
        return 3 * self.forward - (math.prod(self.matrices[0]) if self.matrices else 0)

    @property
    def multiply_adds(self) -> int:
        examples = self.steps * min(self.batch, self.n)
        return self.seeds * (examples * self.training + self.points * self.facts.n * self.forward)

    @property
    def curves(self) -> int:
        parts = 1 + sum(self.config["dataset"]["split"][part] > 0 for part in ("val", "test"))
        measured = 1 + sum(metric != "confusion_matrix" for metric in self.config["metrics"])
        return parts * measured

    @property
    def measured(self) -> float:
        """What the curves cost for one example, in numbers."""
        classes = 1 if self.facts.classes == 2 else self.facts.classes
        metrics = [METRICS.get(name, METRICS_BY_CLASS.get(name, 0) * classes or 4) for name in self.config["metrics"]]
        return 4 + sum(metrics)

    @property
    def stored_points(self) -> int:
        return self.points * self.seeds * self.curves

    @property
    def width(self) -> int:
        """Numbers that pass through elementwise calls, per example: outputs, each weighted by its activation."""
        return sum(self.sizes[i + 1] * _calls(layer) for i, layer in enumerate(self.layers))

    @property
    def held(self) -> int:
        """Numbers kept for one example in one direction: outputs of layers, of their activations, and scratch."""
        return sum(self.sizes[i + 1] * (2 + SCRATCH.get(_activation(layer), 0)) for i, layer in enumerate(self.layers))

    @property
    def calls(self) -> int:
        return sum(_calls(layer) for layer in self.layers) + 8

    @property
    def seconds(self) -> float:
        stacked = 3 * len(self.matrices) * self.seeds * SLICE
        rows = self.seeds * self.batch
        optimizer = OPTIMIZER_CALLS[self.config["optimizer"]["type"]]
        step = STEP + (self.calls + optimizer) * CALL + stacked
        step += rows * self.width * NUMBER + self.seeds * self.parameters * optimizer * NUMBER
        evaluated = self.seeds * self.facts.n
        point = POINT * self.curves + evaluated * (self.width / 2 + self.measured) * NUMBER + stacked
        epochs = self.steps / -(-self.n // self.batch) if self.batch < self.n else 0
        arithmetic = self.multiply_adds * MULTIPLY_ADD * (0.5 if self.bytes == 4 else 1.0)
        shuffling = epochs * self.seeds * (EPOCH_SEED + self.n * (10.0 + self.sizes[0]) * NUMBER)
        return START + self.steps * step + self.points * point + shuffling + arithmetic + self.checking

    @property
    def checking(self) -> float:
        """Seconds of the gradient check: two passes forward for every entry of a tensor that is tried."""
        check = self.config["checks"].get("gradient_check")
        if not check:
            return 0.0
        sizes = [size for n_in, n_out in self.matrices for size in (n_in * n_out, n_out)]
        tried = len(set(check["at"])) * sum(min(size, check["samples_per_tensor"]) for size in sizes)
        forward = CHECKED * (self.forward * MULTIPLY_ADD + self.width / 2 * NUMBER) + 3 * self.calls * CALL
        return 2 * tried * forward

    @property
    def memory_bytes(self) -> int:
        """Parameters with their gradient, optimiser and scratch; outputs and gradients of a batch; the data."""
        parameters = self.seeds * self.parameters * 7
        activations = self.seeds * min(self.batch, self.n) * self.held * 2
        evaluation = self.seeds * (min(CHUNK, self.facts.n) * self.held + self.facts.n * self.sizes[-1] * 4)
        data = self.facts.n * (self.sizes[0] + self.sizes[-1]) * 4
        return BASE_MEMORY + self.bytes * (parameters + activations + evaluation + data) + 40 * self.stored_points


def _calls(layer: dict[str, Any]) -> int:
    """NumPy calls that a layer makes forward and backward, slow ones counted more than once."""
    if layer["type"] == "Flatten":
        return 0
    activation = _activation(layer)
    own = 5 if layer["type"] == "Linear" else 0
    return own + (0 if activation == "identity" else SLOW.get(activation, 4))


def _activation(layer: dict[str, Any]) -> str:
    """The activation on a layer, or the layer that is one."""
    return layer.get("activation", {}).get("type", "identity") if layer["type"] == "Linear" else layer["type"]


def _train_size(config: dict[str, Any], facts: Facts) -> int:
    split = config["dataset"]["split"]
    return max(1, facts.n - sum(int(facts.n * split[part] + 0.5) for part in ("val", "test")))


def _batch(config: dict[str, Any], n: int) -> int:
    batch = config["training"]["batch_size"]
    return n if batch == "full" else batch


def _steps(config: dict[str, Any], facts: Facts) -> int:
    n = _train_size(config, facts)
    training = config["training"]
    return training.get("steps") or training["epochs"] * -(-n // _batch(config, n))


def _points(config: dict[str, Any], n: int) -> int:
    training = config["training"]
    return 1 + -(-(training.get("steps") or training["epochs"]) // training["eval_every"])
