"""What a run will cost, found out before it runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bpsandbox.core.layers import Layer

from .facts import Facts
from .shapes import Shape, through

if TYPE_CHECKING:
    from .spec import Spec

# Seconds, measured on one core of a small machine: a call of a NumPy function, a slice of a stacked matrix product,
# a multiply-add in it, a number that passes through an elementwise call.
CALL, SLICE, MULTIPLY_ADD, NUMBER = 0.65e-6, 0.12e-6, 0.8e-10, 0.55e-9
STEP, EPOCH_SEED, POINT, START = 3.0e-6, 4.0e-6, 60.0e-6, 0.02
SETTING = 40.0e-6
"""Seconds to write a call down before the first step, for all sizes of batches."""


@dataclass(frozen=True)
class Effort:
    """What a layer's two passes take beside its matrix products."""

    calls: int = 4
    """Calls of NumPy."""
    numbers: float = 4.0
    """Numbers' worth of elementwise work, for each number of the output."""
    scratch: float = 0.0
    """The same for each number of the layer's scratch."""
    calls_a_step: int = 0
    """Calls of NumPy for every step of a sequence."""


EFFORTS = {
    "Linear": Effort(5, 5),
    "Flatten": Effort(0, 0),
    "Reshape": Effort(0, 0),
    "identity": Effort(0, 0),
    "sigmoid": Effort(8, 8),
    "tanh": Effort(8, 8),
    "softmax": Effort(12, 12),
    "elu": Effort(14, 14),
    "selu": Effort(14, 14),
    "gelu": Effort(60, 60),
    "silu": Effort(12, 12),
    "softplus": Effort(24, 24),
    "mish": Effort(30, 30),
    "Conv2d": Effort(16, 8, 0.5),
    "MaxPool2d": Effort(16, 12, 1),
    "AvgPool2d": Effort(10, 12, 1),
    "RNN": Effort(40, 8, 8, 16),
    "LSTM": Effort(60, 8, 8, 40),
    "GRU": Effort(60, 8, 8, 40),
    "Embedding": Effort(6, 8),
    "Dropout": Effort(8, 12),
    "BatchNorm1d": Effort(20, 16, 2),
    "BatchNorm2d": Effort(20, 16, 2),
    "LayerNorm": Effort(20, 16, 2),
}
OTHER = Effort()
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
LBFGS_MOVE, LBFGS_PAIR, LBFGS_HELD = 40, 8, 12
"""Calls of NumPy for one move of one seed, and for every remembered pair in it; numbers held for a parameter."""
METRICS = {"roc_auc": 200}
METRICS_BY_CLASS = dict.fromkeys(("precision", "recall", "f1"), 25)
"""Numbers' worth of time for an example, or for an example and a class; any other metric is 4."""
BASE_MEMORY = 60 * 1024 * 1024
CHUNK, CHECKED, PROBED = 512, 32, 256
"""Rows measured in one pass, rows that a gradient check looks at, and rows that activations are looked at on."""
STATISTICS = 5
"""Numbers about the activations of a layer."""


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
    """Price a spec without running anything; a sweep costs what its members cost."""
    costs = [price_config(one.spec.config, one.spec.facts) for one in spec.settings]
    costs = costs or [price_config(spec.config, spec.facts)]
    return Price(
        parameters=max(cost.parameters for cost in costs),
        multiply_adds=sum(cost.multiply_adds for cost in costs),
        memory_bytes=BASE_MEMORY + sum(cost.memory_bytes - BASE_MEMORY for cost in costs),
        stored_points=sum(cost.stored_points for cost in costs),
        seconds=sum(cost.seconds for cost in costs),
        spec=spec,
    )


def price_config(config: dict[str, Any], facts: Facts) -> Price:
    """Price a canonical config."""
    work = _Work(config, facts)
    return Price(work.parameters, work.multiply_adds, work.memory_bytes, work.stored_points, work.seconds)


class _Work:
    """The arithmetic behind a price."""

    def __init__(self, config: dict[str, Any], facts: Facts) -> None:
        self.config, self.facts = config, facts
        given = through(config["model"]["layers"], facts)
        self.layers = [_Passes(layer, shape) for layer, shape in given]
        self.seeds = len(config["seeds"])
        self.n = _train_size(config, facts)
        self.batch = _batch(config, self.n)
        self.steps = _steps(config, facts)
        self.points = _points(config, self.n)
        self.bytes = 4 if config["dtype"] == "float32" else 8

    @property
    def outputs(self) -> int:
        """Numbers that the network gives for one example."""
        return self.layers[-1].outputs if self.layers else self.facts.size

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self.layers)

    @property
    def forward(self) -> int:
        """Multiply-adds for one example."""
        return sum(layer.multiply_adds for layer in self.layers)

    @property
    def training(self) -> int:
        """Forward, dW, and dX of every product but the first with parameters."""
        first = next((layer.multiply_adds for layer in self.layers if layer.parameters), 0)
        return 3 * self.forward - first

    @property
    def multiply_adds(self) -> int:
        examples = self.steps * self.evaluations * min(self.batch, self.n)
        looked = self.points * PROBED * self.forward if "activations" in self.config["record"] else 0
        tiny = self.tiny_examples * self.training
        return self.seeds * (examples * self.training + self.points * self.facts.n * self.forward) + looked + tiny

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
        return self.points * (self.seeds * self.curves + self.looks)

    @property
    def looks(self) -> int:
        """Numbers written down about the inside at a point: norms of gradients, statistics of activations, rates."""
        record, trained = self.config["record"], sum(layer.parameters > 0 for layer in self.layers)
        norms = self.seeds * trained if "gradients" in record else 0
        statistics = STATISTICS * len(self.config["model"]["layers"]) if "activations" in record else 0
        return norms + statistics + ("lr_scheduler" in self.config)

    @property
    def tiny_examples(self) -> int:
        """Examples that overfit_tiny goes through, at most."""
        tiny = self.config["checks"].get("overfit_tiny")
        return tiny["steps"] * tiny["n_samples"] if tiny else 0

    @property
    def width(self) -> float:
        """Numbers that pass through elementwise calls, per example: outputs, each weighted by what is done to it."""
        return sum(layer.numbers for layer in self.layers)

    @property
    def calls(self) -> int:
        return sum(layer.calls for layer in self.layers) + 8

    @property
    def slices(self) -> int:
        """Matrix products of one pass, both directions, for one seed."""
        return 3 * sum(layer.products for layer in self.layers)

    @property
    def seconds(self) -> float:
        stacked = self.slices * self.seeds * SLICE
        rows = self.seeds * self.batch
        step = STEP + self.evaluations * (self.calls * CALL + stacked + rows * self.width * NUMBER) + self.updating
        evaluated = self.seeds * self.facts.n
        point = POINT * self.curves + evaluated * (self.width / 2 + self.measured) * NUMBER + stacked
        epochs = self.steps / -(-self.n // self.batch) if self.batch < self.n else 0
        arithmetic = self.multiply_adds * MULTIPLY_ADD * (0.5 if self.bytes == 4 else 1.0)
        shuffling = epochs * self.seeds * (EPOCH_SEED + self.n * (10.0 + self.facts.size) * NUMBER)
        points = self.points * (point + self.looking)
        return (
            START
            + self.calls * SETTING
            + self.steps * step
            + points
            + shuffling
            + arithmetic
            + self.checking
            + self.overfitting
        )

    @property
    def evaluations(self) -> int:
        """How often a step evaluates the objective, at most."""
        optimizer = self.config["optimizer"]
        if optimizer["type"] != "LBFGS":
            return 1
        most: int = optimizer["max_eval"]
        return most if optimizer["line_search_fn"] != "none" else min(most, optimizer["max_iter"])

    @property
    def updating(self) -> float:
        """Seconds of a step's update."""
        optimizer = self.config["optimizer"]
        if optimizer["type"] != "LBFGS":
            calls = OPTIMIZER_CALLS[optimizer["type"]]
            return calls * (CALL + self.seeds * self.parameters * NUMBER)
        pairs = min(optimizer["history_size"], self.steps * optimizer["max_iter"] // 2)
        calls = optimizer["max_iter"] * (LBFGS_MOVE + LBFGS_PAIR * pairs)
        return self.seeds * calls * (CALL + self.parameters * NUMBER)

    @property
    def held(self) -> int:
        """Numbers held for every parameter: itself, its gradient, what the optimiser keeps, scratch."""
        optimizer = self.config["optimizer"]
        return 7 + (LBFGS_HELD + 2 * optimizer["history_size"] if optimizer["type"] == "LBFGS" else 0)

    @property
    def looking(self) -> float:
        """Seconds of a look at the inside."""
        seconds, record = 0.0, self.config["record"]
        if "gradients" in record:
            seconds += STEP + 6 * len(self.layers) * CALL + 2 * self.seeds * self.parameters * NUMBER
        if "activations" in record:
            seconds += (self.calls + 60 * len(self.layers)) * CALL + 2 * PROBED * self.width * NUMBER
        return seconds

    @property
    def overfitting(self) -> float:
        """Seconds of overfit_tiny without its products, for as many steps as it may take."""
        tiny = self.config["checks"].get("overfit_tiny")
        if not tiny:
            return 0.0
        step = STEP + (self.calls + OPTIMIZER_CALLS["Adam"]) * CALL
        return tiny["steps"] * (step + OPTIMIZER_CALLS["Adam"] * self.parameters * NUMBER) + (
            self.tiny_examples * self.width * NUMBER
        )

    @property
    def checking(self) -> float:
        """Seconds of the gradient check: two passes forward for every entry of a tensor that is tried."""
        check = self.config["checks"].get("gradient_check")
        if not check:
            return 0.0
        sizes = [size for layer in self.layers for size in layer.tensors]
        tried = len(set(check["at"])) * sum(min(size, check["samples_per_tensor"]) for size in sizes)
        forward = CHECKED * (self.forward * MULTIPLY_ADD + self.width / 2 * NUMBER) + 3 * self.calls * CALL
        return 2 * tried * forward

    @property
    def memory_bytes(self) -> int:
        """Parameters with their gradient, optimiser and scratch; what a batch writes; the data."""
        parameters = self.seeds * self.parameters * self.held
        data = self.facts.n * (self.facts.size + self.outputs) * 4
        evaluation = self.seeds * self.facts.n * self.outputs * 4
        written = self._written(min(self.batch, self.n), 2) + self._written(min(CHUNK, self.facts.n), 1)
        return (
            BASE_MEMORY
            + self.bytes * (parameters + data + evaluation)
            + written
            + 40 * (self.stored_points + self.kept)
        )

    @property
    def kept(self) -> int:
        """Weights written down."""
        return self.parameters * len(self.config["record"].get("weights", ()))

    def _written(self, n: int, directions: int) -> int:
        """Bytes of outputs, their gradients and scratch for a batch of n."""
        outputs = n * sum(layer.outputs for layer in self.layers) * directions * self.bytes
        return self.seeds * (outputs + sum(layer.scratch(n, self.bytes) for layer in self.layers))


class _Passes:
    """What one layer does for samples of a shape."""

    def __init__(self, layer: Layer, shape: Shape) -> None:
        self.layer, self.shape = layer, shape
        self.effort = EFFORTS.get(layer.name, OTHER)
        self.outputs = 0 if layer.is_view else math.prod(layer.output_shape(shape))
        self.multiply_adds = layer.multiply_adds(shape)
        self.tensors = [math.prod(tensor) for tensor in layer.parameter_shapes(shape).values()]
        self.steps = shape[0] if self.effort.calls_a_step else 1

    @property
    def parameters(self) -> int:
        return sum(self.tensors)

    @property
    def numbers(self) -> float:
        """Numbers' worth of elementwise work for one sample."""
        kept = sum(math.prod(shape) for shape, _kind in self.layer.scratch_shapes(1, self.shape))
        return self.outputs * self.effort.numbers + kept * self.effort.scratch

    @property
    def calls(self) -> int:
        return self.effort.calls + self.effort.calls_a_step * self.steps

    @property
    def products(self) -> int:
        """Matrix products forward."""
        return self.steps if self.multiply_adds else 0

    def scratch(self, n: int, number: int) -> int:
        """Bytes for n samples whose numbers have `number` bytes."""
        sizes = {"f": number, "d": 8, "b": 1, "i": 8}
        return sum(math.prod(shape) * sizes[kind] for shape, kind in self.layer.scratch_shapes(n, self.shape))


def _train_size(config: dict[str, Any], facts: Facts) -> int:
    split = config["dataset"]["split"]
    return max(1, facts.n - sum(facts.held_out(split[part]) for part in ("val", "test")))


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
