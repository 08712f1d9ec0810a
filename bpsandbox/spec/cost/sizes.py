"""What a config says about its own size: parameters, multiply-adds, steps, points. No machine has a say in it."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

from bpsandbox import core
from bpsandbox.core.gradcheck import Effort, entries, rows_for, work
from bpsandbox.core.train.observers.activations import EXAMPLES
from bpsandbox.spec.facts import Facts
from bpsandbox.spec.shapes import through

STATISTICS = 5
"""Numbers about the activations of a layer."""


class Sizes:
    """The arithmetic of a canonical config and of what is known about its data."""

    def __init__(self, config: dict[str, Any], facts: Facts) -> None:
        self.config, self.facts = config, facts
        self.given = through(config["model"]["layers"], facts)
        self.seeds = len(config["seeds"])

    @cached_property
    def network(self) -> core.Network:
        """The network, of which only the shapes are known."""
        return core.Network([layer for layer, _ in self.given], self.facts.shape)

    @cached_property
    def n(self) -> int:
        """Training examples."""
        split = self.config["dataset"]["split"]
        return max(1, self.facts.n - sum(self.facts.held_out(split[part]) for part in ("val", "test")))

    @property
    def parts(self) -> list[int]:
        """Examples in each part that is measured."""
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
        return sum(layer.parameters(shape) for layer, shape in self.given)

    @cached_property
    def tensors(self) -> list[int]:
        """Numbers in every tensor that is learned."""
        return [math.prod(one) for layer, shape in self.given for one in layer.parameter_shapes(shape).values()]

    @cached_property
    def forward(self) -> int:
        """Multiply-adds for one example."""
        return sum(layer.multiply_adds(shape) for layer, shape in self.given)

    @property
    def training(self) -> int:
        """Forward, dW, and dX of every product but the first with parameters."""
        trained = (layer.multiply_adds(shape) for layer, shape in self.given if layer.parameters(shape))
        return 3 * self.forward - next(trained, 0)

    @property
    def outputs(self) -> int:
        """Numbers that the network gives for one example."""
        if not self.given:
            return self.facts.size
        layer, shape = self.given[-1]
        return math.prod(layer.output_shape(shape))

    @property
    def evaluations(self) -> int:
        """How often a step evaluates the objective, at most."""
        optimizer = self.config["optimizer"]
        if optimizer["type"] != "LBFGS":
            return 1
        most: int = optimizer["max_eval"]
        return most if optimizer["line_search_fn"] != "none" else min(most, optimizer["max_iter"])

    @cached_property
    def multiply_adds(self) -> int:
        """All of them, at most."""
        trained = self.steps * self.evaluations * self.batch * self.training
        looked = self.points * EXAMPLES * self.forward if "activations" in self.config["record"] else 0
        tiny = self.tiny_examples * self.training
        return self.seeds * (trained + self.points * self.facts.n * self.forward) + looked + tiny

    @property
    def curves(self) -> int:
        measured = 1 + sum(metric != "confusion_matrix" for metric in self.config["metrics"])
        return len(self.parts) * measured

    @property
    def stored_points(self) -> int:
        """Numbers in all curves."""
        return self.points * (self.seeds * self.curves + self.looks)

    @property
    def looks(self) -> int:
        """Numbers written down about the inside at a point: norms of gradients, statistics of activations, rates."""
        record, trained = self.config["record"], sum(layer.parameters(shape) > 0 for layer, shape in self.given)
        norms = self.seeds * trained if "gradients" in record else 0
        statistics = STATISTICS * len(self.config["model"]["layers"]) if "activations" in record else 0
        return norms + statistics + ("lr_scheduler" in self.config)

    @property
    def tiny(self) -> dict[str, Any]:
        """Examples and steps, at most, of learning a few by heart."""
        nothing = {"steps": 0, "n_samples": 0}
        return self.config["checks"].get("overfit_tiny") or nothing

    @property
    def tiny_examples(self) -> int:
        steps: int = self.tiny["steps"]
        return steps * self.tiny["n_samples"]

    @cached_property
    def checked(self) -> tuple[int, int, int]:
        """Checks of the gradient, rows in each, and entries tried in each."""
        block = self.config["checks"].get("gradient_check")
        if not block:
            return 0, 0, 0
        effort = Effort(block["h"], block["samples_per_tensor"])
        rows = min(rows_for(self.network, effort), self.n)
        tried = sum(entries(self.tensors, effort, work(self.network, rows)))
        return len(set(block["at"])), rows, tried

    @property
    def kept(self) -> int:
        """Weights written down."""
        return self.parameters * len(self.config["record"].get("weights", ()))
