"""The seeds that are trained together: their parameters, batches, tapes and optimiser."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable

import numpy as np

from bpsandbox.core.data.batches import Batches
from bpsandbox.core.optim.optimizers import LBFGS, Closure
from bpsandbox.core.streams import stream
from bpsandbox.core.tape.workspace import Tape, Workspace, play
from bpsandbox.core.types import Array

from .experiment import Experiment
from .step_losses import StepLosses, has_statistics

Until = Callable[[], str | None] | None
"""Returns a reason if training must end, else None."""


class Interrupted(Exception):
    """Raised when `until` returns a word within a step; the step is not done."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def is_finite(value: Array) -> bool:
    """Return whether every number is finite. A finite sum implies it and is faster to compute."""
    total = value.item() if value.size == 1 else np.add.reduce(value)
    return math.isfinite(total) or bool(np.isfinite(value).all())


class Stack:
    """Parameters, batches and optimiser of the seeds still in training.

    `_bind` makes every array when training begins and when a seed leaves; a step allocates nothing.
    """

    def __init__(self, experiment: Experiment, until: Until = None) -> None:
        self.experiment, self.until = experiment, until
        self.penalty, self.clipping = copy.copy(experiment.penalty), copy.copy(experiment.clipping)
        self.optimizer = copy.copy(experiment.optimizer)
        self.batches = Batches(
            experiment.train.x,
            experiment.train.y,
            experiment.seeds,
            experiment.plan.batch_size or len(experiment.train),
            shuffle=experiment.plan.shuffle,
        )
        self.streams = [stream(seed, "dropout") for seed in experiment.seeds if experiment.network.is_random]
        self.proved: Workspace | None = None
        self._bind(experiment.start_values())
        self.losses = StepLosses(self.network.seeds) if has_statistics(self.network) else None
        """Only with batch norm: otherwise the loss that is measured is that of the steps."""
        self.optimizer.bind(self.network.theta, self.network.gradient)
        self.optimizer.closure = Closure(self.objective, self._evaluate)
        self.evaluations = 0
        self.base_rate = self.optimizer.lr if experiment.rates is None else experiment.rates
        self.scheduled = None if experiment.rates is None else np.zeros_like(experiment.rates)
        self.rate = np.zeros(())
        self.steady_rate: float | None = None

    def _bind(self, values: Array) -> None:
        loss = self.experiment.loss
        self.network = self.experiment.network.bind(values, self.streams)
        self.kept = np.empty_like(values) if isinstance(self.optimizer, LBFGS) and self.until else None
        """Copy of the parameters before a step that may be interrupted."""
        if self.penalty is not None:
            self.penalty.bind(self.network)
        if self.clipping is not None:
            self.clipping.bind(self.network.gradient)
        spaces: dict[int, Workspace] = {}
        self.tapes: list[tuple[Workspace, Tape]] = []
        for x, y in self.batches.slots:
            n = x.shape[1]
            if n not in spaces:
                spaces[n] = Workspace(self.network, loss, n, proved=self.proved)
            self.tapes.append((spaces[n], spaces[n].tape(x, y)))
            self.proved = spaces[n]

    def set_rate(self, rate: float | Array) -> None:
        """Set the learning rate, 0 for frozen layers. Returns at once if the number has not changed."""
        if isinstance(rate, float) and rate == self.steady_rate:
            return
        self.steady_rate = rate if isinstance(rate, float) else None
        trained = 1.0 if self.experiment.trained is None else self.experiment.trained
        shape, dtype = np.broadcast_shapes(np.shape(rate), np.shape(trained)), self.network.theta.dtype
        if (self.rate.shape, self.rate.dtype) != (shape, dtype):
            self.rate = np.zeros(shape, dtype)
        self.optimizer.rate = np.multiply(rate, trained, out=self.rate)

    def train(self, first: int, count: int, watch: Callable[[], None] | None = None) -> int:
        """Do `count` steps, from batch `first` of the current epoch on, and return how many were done.

        When the loss of a seed is not finite, that step is not done and the call returns. `watch` is called in every
        step between backward and update. Raises Interrupted, with the parameters as before the step.
        """
        for i in range(first, first + count):
            if self.kept is not None:
                np.copyto(self.kept, self.network.values)
            self.workspace, tape = self.tapes[self.batches.load(i)]
            play(tape.forward)
            if not is_finite(self.workspace.value):
                self.network.rewind_random()
                return i - first
            if self.losses is not None:
                self.losses.add(self.workspace.value)
            play(tape.backward)
            self._finish_gradient()
            if watch is not None:
                watch()
            if self.clipping is not None:
                self.clipping.apply(self.network.gradient)
            self.optimizer.step()
        return count

    def _finish_gradient(self) -> None:
        """Add the penalties' gradient, and set the gradient of frozen layers to 0."""
        if self.penalty is not None:
            self.penalty.add_gradient(self.workspace.n)
        if self.experiment.trained is not None:
            self.network.gradient *= self.experiment.trained

    def _evaluate(self) -> None:
        """Evaluate the objective and its gradient again within a step, for an optimiser with full batches.

        Running statistics were updated by the step's first pass and are not updated again.
        """
        self._check_interrupt()
        self.evaluations += 1
        _, tape = self.tapes[0]
        play(tape.forward)
        play(tape.backward[sum(layer.update_running_stats is not None for layer in self.network.layers) :])
        self._finish_gradient()

    def _check_interrupt(self) -> None:
        """Call `until`. Raises Interrupted, with the parameters as before the step, if it returns a word."""
        if self.until is None or self.kept is None or (word := self.until()) is None:
            return
        np.copyto(self.network.values, self.kept)
        raise Interrupted(word)

    def objective(self) -> Array:
        """Return what the next update minimises: loss of the batch and penalties, (seeds,)."""
        return self.workspace.value + (0.0 if self.penalty is None else self.penalty.value(self.workspace.n))

    def batch(self, number: int) -> tuple[Array, Array]:
        """Return inputs and targets of a batch of the current epoch: see Batches.slots."""
        return self.batches.slots[self.batches.load(number)]

    def keep(self, rows: Array) -> None:
        """Continue with these rows only."""
        self.batches.narrow(rows)
        self.streams = [self.streams[row] for row in rows if self.streams]
        self._bind(self.network.values[rows])
        if self.losses is not None:
            self.losses.keep(rows)
        self.optimizer.narrow(rows, self.network.theta, self.network.gradient)

    def broken_layers(self) -> dict[int, str]:
        """Return the rows whose last loss was not finite, with the first layer whose output is not finite."""
        broken = np.flatnonzero(~np.isfinite(self.workspace.value))
        return {row: self.workspace.first_broken(row) for row in broken.tolist()}
