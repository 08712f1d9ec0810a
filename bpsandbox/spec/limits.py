"""What a run will cost, found out before it runs, and what it may cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bpsandbox.messages import _

from .facts import Facts
from .problems import Path, Problem, spell

if TYPE_CHECKING:
    from .spec import Spec

# Seconds, measured on one core of a small machine: a call of a NumPy function, a slice of a stacked matrix product,
# a multiply-add in it, a number that passes through an elementwise call.
CALL, SLICE, MULTIPLY_ADD, NUMBER = 0.65e-6, 0.12e-6, 1.2e-10, 0.55e-9
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
BASE_MEMORY = 60 * 1024 * 1024
CHUNK, POINTS = 512, 2000
EVERYTHING = 10**9


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


@dataclass(frozen=True)
class Caps:
    """The most that a run may cost."""

    layers: int = 12
    width: int = 1024
    parameters: int = 2_000_000
    samples: int = 50_000
    features: int = 784
    seeds: int = 256
    multiply_adds: float = 2e11
    seconds: float = 30.0
    memory_bytes: int = 768 * 1024 * 1024
    stored_points: int = 250_000


def price(spec: Spec) -> Price:
    """Price a spec without running anything."""
    from .shapes import shapes_of

    facts = spec.facts
    cost = price_config(spec.config, facts, shapes_of(spec.config, facts))
    return Price(cost.parameters, cost.multiply_adds, cost.memory_bytes, cost.stored_points, cost.seconds, spec)


def price_config(config: dict[str, Any], facts: Facts, shapes: list[tuple[int, ...] | None]) -> Price:
    work = _Work(config, facts, [math.prod(shape or ()) for shape in shapes])
    return Price(work.parameters, work.multiply_adds, work.memory_bytes, work.stored_points, work.seconds)


class _Work:
    """The arithmetic behind a price."""

    def __init__(self, config: dict[str, Any], facts: Facts, sizes: list[int]) -> None:
        self.config, self.facts, self.sizes = config, facts, sizes
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
    def stored_points(self) -> int:
        return self.points * self.seeds * self.curves

    @property
    def width(self) -> int:
        """Numbers that pass through elementwise calls, per example: outputs, each weighted by its activation."""
        return sum(self.sizes[i + 1] * _calls(layer) for i, layer in enumerate(self.layers))

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
        point = POINT * self.curves + evaluated * (self.width / 2 + 4 * self.curves) * NUMBER + stacked
        epochs = self.steps / -(-self.n // self.batch) if self.batch < self.n else 0
        arithmetic = self.multiply_adds * MULTIPLY_ADD * (0.5 if self.bytes == 4 else 1.0)
        shuffling = epochs * self.seeds * (EPOCH_SEED + self.n * (10.0 + self.sizes[0]) * NUMBER)
        return START + self.steps * step + self.points * point + shuffling + arithmetic

    @property
    def memory_bytes(self) -> int:
        """Parameters with their gradient, optimiser and scratch; outputs and gradients of a batch; the data."""
        parameters = self.seeds * self.parameters * 7
        activations = self.seeds * min(self.batch, self.n) * sum(self.sizes[1:]) * 4
        evaluation = self.seeds * (
            min(CHUNK, self.facts.n) * sum(self.sizes[1:]) * 3 + self.facts.n * self.sizes[-1] * 4
        )
        data = self.facts.n * (self.sizes[0] + self.sizes[-1]) * 4
        return BASE_MEMORY + self.bytes * (parameters + activations + evaluation + data) + 40 * self.stored_points


def _calls(layer: dict[str, Any]) -> int:
    """NumPy calls that a layer makes forward and backward, slow ones counted more than once."""
    if layer["type"] == "Flatten":
        return 0
    activation = layer.get("activation", {}).get("type", "identity") if layer["type"] == "Linear" else layer["type"]
    own = 5 if layer["type"] == "Linear" else 0
    return own + (0 if activation == "identity" else SLOW.get(activation, 4))


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


def check(price: Price, caps: Caps | None = None) -> tuple[Problem, ...]:
    """Everything that costs too much: the estimate, the cap, and the smallest change that fits."""
    return tuple(_exceeded(price, caps or Caps()))


def _exceeded(price: Price, caps: Caps) -> Iterator[Problem]:
    spec = price.spec
    if spec is None:
        return
    yield from _too_large(spec, price, caps)
    yield from _too_long(spec, price, caps)


def _too_large(spec: Spec, price: Price, caps: Caps) -> Iterator[Problem]:
    layers = spec.config["model"]["layers"]
    if len(layers) > caps.layers:
        yield _problem(
            spec,
            ("model", "layers"),
            _("{seen} layers; at most {cap} can be run.", seen=len(layers), cap=caps.layers),
            "layers",
        )
    for i, layer in enumerate(layers):
        if layer.get("out_features", 0) > caps.width:
            path = ("model", "layers", i, "out_features")
            message = _(
                "A layer of {seen} outputs; at most {cap} can be run: out_features: {cap}.",
                seen=_big(layer["out_features"]),
                cap=caps.width,
            )
            yield _problem(spec, path, message, "width", str(caps.width))
    if price.parameters > caps.parameters:
        message = _(
            "{seen} parameters; at most {cap} can be run. Make layers narrower.",
            seen=_big(price.parameters),
            cap=_big(caps.parameters),
        )
        yield _problem(spec, ("model", "layers"), message, "parameters")
    if spec.facts.size > caps.features:
        message = _(
            "Samples of {seen} numbers; at most {cap} can be run.", seen=_big(spec.facts.size), cap=caps.features
        )
        yield _problem(spec, ("dataset",), message, "features")
    if spec.facts.n > caps.samples:
        message = _(
            "{seen} examples; at most {cap} can be run: n_samples: {cap}.", seen=_big(spec.facts.n), cap=caps.samples
        )
        yield _problem(spec, ("dataset", "n_samples"), message, "samples", str(caps.samples))
    if len(spec.seeds) > caps.seeds:
        message = _("{seen} seeds; at most {cap} can be run: count: {cap}.", seen=len(spec.seeds), cap=caps.seeds)
        yield _problem(spec, ("seeds",), message, "seeds", str(caps.seeds))
    if price.memory_bytes > caps.memory_bytes:
        message = _("About {seen} MB of memory; at most {cap} MB. A smaller batch_size or fewer seeds need less.",
                    seen=_big(price.memory_bytes >> 20), cap=_big(caps.memory_bytes >> 20))  # fmt: skip
        yield _problem(spec, ("training", "batch_size"), message, "memory")


def _too_long(spec: Spec, price: Price, caps: Caps) -> Iterator[Problem]:
    unit = "steps" if "steps" in spec.config["training"] else "epochs"
    path = ("training", unit)
    if price.stored_points > caps.stored_points:
        every = spec.config["training"]["eval_every"] * math.ceil(price.stored_points / caps.stored_points)
        message = _("The curves would hold {seen} numbers; at most {cap} are kept: eval_every: {fix}.",
                    seen=_big(price.stored_points), cap=_big(caps.stored_points), fix=every)  # fmt: skip
        yield _problem(spec, ("training", "eval_every"), message, "stored_points", f"eval_every: {every}")
    if price.multiply_adds <= caps.multiply_adds and price.seconds <= caps.seconds:
        return
    fix = _smallest_change(spec, unit, caps)
    if price.seconds / caps.seconds > price.multiply_adds / caps.multiply_adds:
        message = _("This would take about {seen} s; at most {cap} s can be run. {fix}",
                    seen=_big(math.ceil(price.seconds)), cap=f"{caps.seconds:g}", fix=fix)  # fmt: skip
        yield _problem(spec, path, message, "seconds", fix)
    else:
        message = _("About {seen} multiply-adds; at most {cap} can be run. {fix}",
                    seen=_big(price.multiply_adds), cap=_big(caps.multiply_adds), fix=fix)  # fmt: skip
        yield _problem(spec, path, message, "multiply_adds", fix)


def _smallest_change(spec: Spec, unit: str, caps: Caps) -> str:
    """One number that makes the run fit: fewer epochs, or else fewer seeds."""
    count = _largest(spec.config["training"][unit], lambda count: _fits(_with_length(spec, unit, count), caps))
    if count:
        return _("{unit}: {count} would fit.", unit=unit, count=count)
    count = _largest(len(spec.seeds), lambda count: _fits(_with(spec, seeds=list(spec.seeds[:count])), caps))
    if count:
        return _("{count} seeds would fit.", count=count)
    return _("Make the model or the data smaller.")


def _largest(start: int, fits: Callable[[int], bool]) -> int:
    """The largest count below `start` that fits, kept to two leading digits; 0 when none does."""
    low, high = 0, start
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return _rounded(low)


def _fits(spec: Spec, caps: Caps) -> bool:
    cost = price(spec)
    return cost.multiply_adds <= caps.multiply_adds and cost.seconds <= caps.seconds


def _with_length(spec: Spec, unit: str, count: int) -> Spec:
    """The spec with another length, and another distance of points where the writer gave none."""
    training = {**spec.config["training"], unit: count}
    if ("training", "eval_every") not in spec.places:
        training["eval_every"] = default_eval_every(count)
    return _with(spec, training=training)


def _with(spec: Spec, **blocks: Any) -> Spec:
    return replace(spec, config={**spec.config, **blocks})


def default_eval_every(length: int) -> int:
    """One point an epoch (or step), at most so many in a run."""
    return max(1, -(-length // POINTS))


def _rounded(count: int) -> int:
    """Two leading digits, rounded down."""
    unit = 10 ** max(0, len(str(count)) - 2)
    return count // unit * unit


def _big(number: float) -> str:
    return f"{number:.2g}" if number >= EVERYTHING else f"{int(number):,}"


def _problem(spec: Spec, path: Path, message: str, code: str, suggestion: str | None = None) -> Problem:
    line, column = _place(spec, path)
    return Problem(line, column, spell(path), message, f"limit_{code}", suggestion=suggestion)


def _place(spec: Spec, path: Path) -> tuple[int, int]:
    while path and path not in spec.places:
        path = path[:-1]
    return spec.places.get(path, (1, 1))
