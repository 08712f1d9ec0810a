"""The size of a run, from its config alone: parameters, multiply-adds, steps, points."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

from bpsandbox import core
from bpsandbox.core.gradcheck import Effort, entries, rows_for, work
from bpsandbox.core.nn.layers import parameter_count
from bpsandbox.core.train.observers import histograms
from bpsandbox.core.train.observers.activations import EXAMPLES
from bpsandbox.core.train.observers.saliency import pictures_of
from bpsandbox.core.train.observers.snapshots import room
from bpsandbox.spec.facts import Facts
from bpsandbox.spec.shapes import with_input_shapes

STATISTICS = 5
"""Number of statistics per layer and point in the record of activations."""


class Sizes:
    """The sizes of a canonical config, given the facts about its data."""

    like: tuple[str, tuple[int, ...]] | None = None
    """The network whose passes are scaled to price this one; None when its own are run."""

    def __init__(self, config: dict[str, Any], facts: Facts) -> None:
        self.config, self.facts = config, facts
        self.layers = with_input_shapes(config["model"]["layers"], facts)
        self.seeds = len(config["seeds"])

    @cached_property
    def network(self) -> core.Network:
        """The network, without parameters."""
        return core.Network([layer for layer, _ in self.layers], self.facts.shape)

    @cached_property
    def n(self) -> int:
        """Number of training examples."""
        split = self.config["dataset"]["split"]
        return max(1, self.facts.n - sum(self.facts.held_out(split[part]) for part in ("val", "test")))

    @property
    def parts(self) -> list[int]:
        """Number of examples in each evaluated part."""
        split = self.config["dataset"]["split"]
        return [self.n, *(self.facts.held_out(split[part]) for part in ("val", "test") if split[part] > 0)]

    @cached_property
    def batch(self) -> int:
        batch = self.config["training"]["batch_size"]
        return self.n if batch == "full" else min(batch, self.n)

    @property
    def steps_an_epoch(self) -> int:
        return -(-self.n // self.batch)

    @cached_property
    def steps(self) -> int:
        training = self.config["training"]
        steps: int = training.get("steps") or training["epochs"] * self.steps_an_epoch
        return steps

    @property
    def epochs(self) -> float:
        return self.steps / self.steps_an_epoch

    @cached_property
    def points(self) -> int:
        training = self.config["training"]
        return 1 + -(-(training.get("steps") or training["epochs"]) // training["eval_every"])

    @cached_property
    def parameters(self) -> int:
        return sum(parameter_count(layer, shape) for layer, shape in self.layers)

    @cached_property
    def tensors(self) -> list[int]:
        """Number of elements of every parameter."""
        return [math.prod(one) for layer, shape in self.layers for one in layer.parameter_shapes(shape).values()]

    @cached_property
    def forward(self) -> int:
        """Multiply-adds of a forward pass for one example."""
        return sum(layer.multiply_adds(shape) for layer, shape in self.layers)

    @property
    def training(self) -> int:
        """Multiply-adds of a training step for one example: forward, dW, and dX except in the first layer with
        parameters."""
        trained = (layer.multiply_adds(shape) for layer, shape in self.layers if parameter_count(layer, shape))
        return 3 * self.forward - next(trained, 0)

    @property
    def outputs(self) -> int:
        """Number of outputs for one example."""
        if not self.layers:
            return self.facts.size
        layer, shape = self.layers[-1]
        return math.prod(layer.output_shape(shape))

    @property
    def evaluations(self) -> int:
        """Maximum number of evaluations of the objective per step."""
        optimizer = self.config["optimizer"]
        if optimizer["type"] != "LBFGS":
            return 1
        most: int = optimizer["max_eval"]
        return most if optimizer["line_search_fn"] != "none" else min(most, optimizer["max_iter"])

    @cached_property
    def multiply_adds(self) -> int:
        """Multiply-adds of the whole run, at most."""
        trained = self.steps * self.evaluations * self.batch * self.training
        looked = self.points * EXAMPLES * self.forward if "activations" in self.config["record"] else 0
        tiny = self.overfit_examples * self.training
        found = self.config["record"].get("lr_range", {}).get("steps", 0) * self.batch * self.training
        seen = self.salient * self.forward
        return self.seeds * (trained + self.points * self.facts.n * self.forward) + looked + tiny + found + seen

    @property
    def curves(self) -> int:
        measured = 1 + sum(metric != "confusion_matrix" for metric in self.config["metrics"])
        return len(self.parts) * measured

    @property
    def stored_points(self) -> int:
        """Numbers in all curves."""
        found = 3 * self.config["record"].get("lr_range", {}).get("steps", 0)
        return self.points * (self.seeds * self.curves + self.recorded_per_point) + found

    @property
    def recorded_per_point(self) -> int:
        """Numbers recorded at each point: gradient norms, activation statistics, learning rates."""
        record, trained = self.config["record"], sum(parameter_count(layer, shape) > 0 for layer, shape in self.layers)
        norms = self.seeds * trained if "gradients" in record else 0
        statistics = STATISTICS * len(self.config["model"]["layers"]) if "activations" in record else 0
        return norms + statistics + ("lr_scheduler" in self.config)

    @property
    def overfit(self) -> dict[str, Any]:
        """The block of the overfit check; steps and examples are 0 without it."""
        nothing = {"steps": 0, "n_samples": 0}
        return self.config["checks"].get("overfit_tiny") or nothing

    @property
    def overfit_examples(self) -> int:
        steps: int = self.overfit["steps"]
        return steps * self.overfit["n_samples"]

    @cached_property
    def gradient_check(self) -> tuple[int, int, int]:
        """Number of gradient checks, rows of each, and elements checked in each."""
        block = self.config["checks"].get("gradient_check")
        if not block:
            return 0, 0, 0
        effort = Effort(block["h"], block["samples_per_tensor"])
        rows = min(rows_for(self.network, effort), self.n)
        tried = sum(entries(self.tensors, effort, work(self.network, rows)))
        return len(set(block["at"])), rows, tried

    @property
    def recorded_weights(self) -> int:
        """Number of recorded weights."""
        return self.parameters * len(self.config["record"].get("weights", ()))

    @cached_property
    def snapshots(self) -> tuple[int, int]:
        """Number of seeds with snapshots, and of their epochs."""
        return room(self.parameters + self.buffers, self.seeds)

    @cached_property
    def buffers(self) -> int:
        """Number of elements of all buffers."""
        return sum(math.prod(of[0]) for layer, shape in self.layers for of in layer.buffer_shapes(shape).values())

    @cached_property
    def width(self) -> int:
        """Number of outputs of all layers for one example."""
        return sum(math.prod(layer.output_shape(shape)) for layer, shape in self.layers)

    @property
    def snapshot_numbers(self) -> int:
        seeds, epochs = self.snapshots
        return seeds * (self.parameters + self.buffers) * (min(epochs, int(self.epochs) + 1) + 1)

    @property
    def histogram_numbers(self) -> int:
        """Numbers in the histograms of weights and gradients."""
        if "histograms" not in self.config["record"]:
            return 0
        layers = sum(parameter_count(layer, shape) > 0 for layer, shape in self.layers)
        return 2 * histograms.BINS * histograms.EPOCHS * layers * histograms.seeds_that_fit(layers, self.seeds)

    @property
    def salient(self) -> int:
        """Number of forward passes for the record of saliency."""
        if "saliency" not in self.config["record"]:
            return 0
        return pictures_of(self.facts.shape, self.facts.classes or 0) * (2 * self.facts.size + 1)
