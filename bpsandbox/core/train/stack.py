"""Seeds that are trained together, one stacked expression for all."""

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

Until = Callable[[], str | None] | None
"""Returns a word when training must end, None while it may go on."""


class Interrupted(Exception):
    """A step was not done because `until` returned a word within it."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def is_finite(value: Array) -> bool:
    """Is every number finite? Quickly yes for one number, and for many whose sum is finite."""
    total = value.item() if value.size == 1 else np.add.reduce(value)
    return math.isfinite(total) or bool(np.isfinite(value).all())


class Stack:
    """Parameters, batches and optimiser of the seeds still in training.

    Every array is made in `_bind`, when training begins and when a seed leaves; a step allocates nothing.
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
        """The parameters before a step that may be interrupted."""
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
        """Set the learning rate of the layers that are trained; a number that stays the same costs nothing."""
        if isinstance(rate, float) and rate == self.steady_rate:
            return
        self.steady_rate = rate if isinstance(rate, float) else None
        trained = 1.0 if self.experiment.trained is None else self.experiment.trained
        shape, dtype = np.broadcast_shapes(np.shape(rate), np.shape(trained)), self.network.theta.dtype
        if (self.rate.shape, self.rate.dtype) != (shape, dtype):
            self.rate = np.zeros(shape, dtype)
        self.optimizer.rate = np.multiply(rate, trained, out=self.rate)

    def train(self, first: int, count: int, watch: Callable[[], None] | None = None) -> int:
        """Do `count` steps from batch `first` of the running epoch on, and say how many were done.

        They are fewer when the loss of a seed is not finite; then that step was not done. `watch` is called in every
        step between backward and update. Raises Interrupted, with the parameters of before the step.
        """
        for i in range(first, first + count):
            if self.kept is not None:
                np.copyto(self.kept, self.network.values)
            self.workspace, tape = self.tapes[self.batches.load(i)]
            play(tape.forward)
            if not is_finite(self.workspace.value):
                self.network.rewind_random()
                return i - first
            play(tape.backward)
            self._finish_gradient()
            if watch is not None:
                watch()
            if self.clipping is not None:
                self.clipping.apply(self.network.gradient)
            self.optimizer.step()
        return count

    def _finish_gradient(self) -> None:
        """Add the penalties' gradient, and leave out what is not trained."""
        if self.penalty is not None:
            self.penalty.add_gradient(self.workspace.n)
        if self.experiment.trained is not None:
            self.network.gradient *= self.experiment.trained

    def _evaluate(self) -> None:
        """Evaluate the objective and its gradient again within a step, all examples being one batch.

        What layers remember was settled by the step's first forward, and is not settled again.
        """
        self._check_interrupt()
        self.evaluations += 1
        _, tape = self.tapes[0]
        play(tape.forward)
        play(tape.backward[sum(layer.update_running_stats is not None for layer in self.network.layers) :])
        self._finish_gradient()

    def _check_interrupt(self) -> None:
        """Ask whether the step may go on. Raises Interrupted, with the parameters of before the step."""
        if self.until is None or self.kept is None or (word := self.until()) is None:
            return
        np.copyto(self.network.values, self.kept)
        raise Interrupted(word)

    def objective(self) -> Array:
        """What the next update minimises: loss of the batch and penalties."""
        return self.workspace.value + (0.0 if self.penalty is None else self.penalty.value(self.workspace.n))

    def batch(self, number: int) -> tuple[Array, Array]:
        """Return inputs and targets of a batch of the running epoch: see Batches.slots."""
        return self.batches.slots[self.batches.load(number)]

    def keep(self, rows: Array) -> None:
        """Go on with these rows alone."""
        self.batches.narrow(rows)
        self.streams = [self.streams[row] for row in rows if self.streams]
        self._bind(self.network.values[rows])
        self.optimizer.narrow(rows, self.network.theta, self.network.gradient)

    def broken_layers(self) -> dict[int, str]:
        """Rows whose last forward was not finite, and the first layer where that shows."""
        broken = np.flatnonzero(~np.isfinite(self.workspace.value))
        return {row: self.workspace.first_broken(row) for row in broken.tolist()}
