"""What a twin needs to know of a run: its config, its data, where its weights start and the order of its batches."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from bpsandbox import core
from bpsandbox.core.data.batches import Batches
from bpsandbox.core.types import Array
from bpsandbox.document import Document
from bpsandbox.messages import _
from bpsandbox.spec import Spec, build

Block = dict[str, Any]
Shape = tuple[int, ...]

LITERAL = 500
"""The most numbers that a script holds as text; more are packed."""
ORDERS = 150_000
"""The most indices of shuffled batches that a script holds; more are drawn again from the run's random streams."""
MOST = 1_500_000
"""The most numbers of data and start weights in a script."""


class NoTwin(Exception):
    """A run has no twin in a library. The message says in one sentence what and why, in the reader's language."""


@dataclass(frozen=True)
class Layer:
    """A block of the config's layers with the shapes of a sample before and after it."""

    index: int
    block: Block
    before: Shape
    after: Shape
    tensors: dict[str, Shape]
    """Shapes of its parameters, by PyTorch's names."""

    @property
    def type(self) -> str:
        return self.block["type"]

    @property
    def activation(self) -> Block | None:
        """Return the activation written as a field of the layer."""
        return self.block.get("activation")

    @property
    def is_trained(self) -> bool:
        return bool(self.tensors) and self.block.get("trainable", True)

    @property
    def is_penalised(self) -> bool:
        return self.type not in ("BatchNorm1d", "BatchNorm2d", "LayerNorm")

    @property
    def is_sequence(self) -> bool:
        return len(self.before) == 2


@dataclass(frozen=True)
class Described:
    """A run, described for a script in any library. Its arrays are made when they are first needed."""

    spec: Spec
    document: Document

    def __post_init__(self) -> None:
        if "sweep" in self.spec.config:
            raise NoTwin(_("This run is a sweep: take the twin of one of its settings."))
        if any(stop.reason == "cancelled" for stop in self.document.stop):
            raise NoTwin(_("This run was stopped before its end: run it again for a twin."))

    @property
    def config(self) -> Block:
        return self.spec.config

    @cached_property
    def experiment(self) -> core.Experiment:
        made = build(self.spec)
        assert isinstance(made, core.Experiment)
        return made

    @property
    def title(self) -> str:
        """The run in English words, such as "2-3-1 sigmoid on XOR"."""
        return self.spec.words["title"]

    @property
    def seeds(self) -> tuple[int, ...]:
        return self.spec.seeds

    @property
    def dtype(self) -> str:
        return self.config["dtype"]

    # the network

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        network = self.experiment.network
        made: list[Layer] = []
        for place, layer in enumerate(network.layers):
            before, after = network.shapes[place : place + 2]
            if made and made[-1].index == layer.index:
                continue
            tensors = dict(layer.parameter_shapes(before))
            made.append(Layer(layer.index, self.config["model"]["layers"][layer.index], before, after, tensors))
        return tuple(made)

    @property
    def kinds(self) -> set[str]:
        """Types of layers and activations in the network."""
        blocks = self.config["model"]["layers"]
        return {block["type"] for block in blocks} | {b["activation"]["type"] for b in blocks if "activation" in b}

    @property
    def first_trained(self) -> int:
        """Index of the first layer that is trained; the number of layers if none is."""
        return next((layer.index for layer in self.layers if layer.is_trained), len(self.layers))

    @property
    def outputs(self) -> int:
        return self.experiment.network.shapes[-1][0]

    # the data

    @cached_property
    def x(self) -> Array:
        """Training inputs as the network gets them; tokens as whole numbers."""
        return self._inputs("train")

    @cached_property
    def y(self) -> Array:
        return self._targets("train")

    def _inputs(self, part: str) -> Array:
        x = self.experiment.parts[part].x
        is_tokens = self.config["model"]["layers"][0]["type"] == "Embedding"
        return x.reshape(len(x), -1).astype(np.int64) if is_tokens else x

    def _targets(self, part: str) -> Array:
        """Return target rows, or class numbers (n,) for losses that take those."""
        chosen = self.experiment.parts[part]
        return chosen.classes.astype(np.int64) if self.takes_classes else chosen.y

    @property
    def takes_classes(self) -> bool:
        """Whether the loss compares a row of outputs with a class."""
        kind = self.config["loss"]["type"]
        return self.experiment.dataset.is_classified and (
            kind == "CrossEntropyLoss" or (kind == "hinge" and self.outputs > 1)
        )

    @property
    def held_out(self) -> tuple[str, ...]:
        """Parts besides the training part whose loss decides on the training."""
        watched = [rule["monitor"] for rule in self.rules]
        schedule = self.config.get("lr_scheduler", {})
        watched.append(schedule.get("monitor", ""))
        return tuple(part for part in ("val", "test") if f"{part}_loss" in watched)

    # the training

    @property
    def batch_size(self) -> int:
        size, n = self.config["training"]["batch_size"], len(self.experiment.train)
        return n if size == "full" else min(size, n)

    @property
    def batches(self) -> int:
        """Batches of an epoch, the last of which may be shorter."""
        return self.experiment.steps_an_epoch

    @property
    def is_shuffled(self) -> bool:
        return self.batches > 1 and self.config["training"]["shuffle"]

    @property
    def every(self) -> int:
        """Steps from one recorded point to the next."""
        plan = self.experiment.plan
        return plan.eval_every * (1 if plan.steps else self.batches)

    @property
    def steps(self) -> int:
        """Steps of the longest seed, for a run that was cut short by its limits; else all steps of the plan."""
        if any(stop.reason == "limit" for stop in self.document.stop):
            return max(stop.step for stop in self.document.stop)
        return self.experiment.total_steps

    @property
    def epochs(self) -> int:
        return -(-self.steps // self.batches)

    @property
    def rules(self) -> list[Block]:
        """Stopping rules that a script can apply: those that watch a loss."""
        return [rule for rule in self.config["stopping"] if rule["monitor"].endswith("_loss")]

    @property
    def has_diverged(self) -> bool:
        return any(stop.reason == "diverged" for stop in self.document.stop)

    @property
    def stops_by_metric(self) -> bool:
        """Whether the run's rules watch a metric, which a script does not compute."""
        return len(self.rules) < len(self.config["stopping"])

    @property
    def last_steps(self) -> dict[int, int]:
        """The step at which each seed stopped."""
        return {seed: stop.step for seed, stop in zip(self.seeds, self.document.stop, strict=True)}

    @property
    def penalty(self) -> Block:
        """The penalties of the config; empty without one."""
        block = self.config["regularization"]
        return block if block["l1"] or block["l2"] else {}

    @property
    def own_rates(self) -> dict[int, float]:
        """Learning rates of layers that have their own, by index."""
        return {layer.index: layer.block["lr"] for layer in self.layers if "lr" in layer.block and layer.is_trained}

    # arrays

    @cached_property
    def start(self) -> dict[int, dict[str, Array]]:
        """Start weights by seed and by name, such as 0.weight."""
        values = self.experiment.start_values()
        named = self.experiment.network.named(values)
        return {
            seed: {name.removeprefix("layers."): tensor[row] for name, tensor in named.items()}
            for row, seed in enumerate(self.seeds)
        }

    @property
    def has_orders(self) -> bool:
        """Whether the order of the examples is in the script; otherwise it is drawn again."""
        return self.is_shuffled and self.epochs * len(self.x) * len(self.seeds) <= ORDERS

    @cached_property
    def orders(self) -> dict[int, Array]:
        """The order of the examples in every epoch, (epochs, n), by seed."""
        return {seed: np.array(list(islice(self._orders(seed), self.epochs))) for seed in self.seeds}

    def first_order(self, seed: int) -> Array:
        return next(self._orders(seed))

    def _orders(self, seed: int) -> Iterator[Array]:
        batches = self._batches(seed)
        while True:
            batches.begin_epoch()
            yield batches.orders[0, batches.epoch].copy()

    def _batches(self, seed: int) -> Batches:
        part = self.experiment.train
        return Batches(part.x[:, ...], part.y, (seed,), self.batch_size, shuffle=True)

    @property
    def ahead(self) -> int:
        """Epochs whose orders are drawn at a time."""
        return self._batches(self.seeds[0]).ahead

    @property
    def size(self) -> int:
        """Numbers of data, start weights and orders."""
        parts = self.experiment.parts
        data = sum(parts[part].x.size + parts[part].y.size for part in ("train", *self.held_out))
        orders = self.epochs * len(self.x) * len(self.seeds) if self.has_orders else 0
        return data + self.experiment.network.size * len(self.seeds) + orders

    @property
    def is_small(self) -> bool:
        return self.size <= LITERAL

    def refuse_large(self) -> None:
        """Raise NoTwin if the script would be too large to read or to send."""
        if self.size > MOST:
            raise NoTwin(
                _(
                    "The data and start weights of this run are {count} numbers, too many for a script.",
                    count=f"{self.size:,}",
                )
            )


def sizes(shape: Shape) -> str:
    """Write a shape as Python."""
    return json.dumps(list(shape)).replace("[", "(").replace("]", ",)" if len(shape) == 1 else ")")


def pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def padding_of(layer: Layer) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the rows above and below and the columns left and right that a Conv2d or a pool adds."""
    block = layer.block
    if block.get("padding") == "same":
        kernel, dilation = pair(block["kernel_size"]), pair(block.get("dilation", 1))
        reach = [(k - 1) * d for k, d in zip(kernel, dilation, strict=True)]
        return (reach[0] // 2, reach[0] - reach[0] // 2), (reach[1] // 2, reach[1] - reach[1] // 2)
    rows, columns = pair(block.get("padding", 0))
    return (rows, rows), (columns, columns)


def stride_of(layer: Layer) -> tuple[int, int]:
    default = layer.block["kernel_size"] if "Pool" in layer.type else 1
    return pair(layer.block.get("stride", default))


def product(shape: Shape) -> int:
    return math.prod(shape)
