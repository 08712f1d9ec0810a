"""Define an experiment, which has all objects of one training, and the protocol of its observers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np

from bpsandbox.core.data.batches import Batches
from bpsandbox.core.data.datasets import Dataset
from bpsandbox.core.nn.initializers import Initializer
from bpsandbox.core.nn.losses import Loss
from bpsandbox.core.nn.network import Network
from bpsandbox.core.optim.clipping import Clipping
from bpsandbox.core.optim.optimizers import Optimizer
from bpsandbox.core.optim.penalty import Penalty
from bpsandbox.core.optim.schedules import Schedule
from bpsandbox.core.optim.stopping import Rule
from bpsandbox.core.tape.workspace import Workspace
from bpsandbox.core.types import Array

from .endings import Endings
from .plan import Part, Plan
from .step_losses import StepLosses


@dataclass(frozen=True)
class Experiment:
    """All that a training needs. `train` does not change it, so it can be trained again."""

    network: Network
    initializers: Sequence[Initializer]
    loss: Loss
    optimizer: Optimizer
    parts: Mapping[str, Part]
    dataset: Dataset
    plan: Plan
    seeds: tuple[int, ...] = (0,)
    dtype: str = "float64"
    penalty: Penalty | None = None
    schedule: Schedule = field(default_factory=Schedule)
    clipping: Clipping | None = None
    start: Array | None = None
    """The initial values of every seed (see Network.values); None if the initialisers draw them."""
    rates: Array | None = None
    """Learning rates if they differ: for each parameter (size,), or for each seed and parameter (seeds, size)."""
    trained: Array | None = None
    """1 for every trained parameter and 0 for every frozen one, (size,); None if all are trained."""
    metrics: tuple[str, ...] = ()
    stopping: tuple[Rule, ...] = ()
    observers: tuple[Observer, ...] = ()
    spec_hash: str = ""

    def start_values(self) -> Array:
        """Return the values that every seed starts from, as a new array: see Network.values."""
        if self.start is not None:
            return self.start.copy()
        return self.network.draw(self.seeds, self.initializers, self.dtype)

    @property
    def train(self) -> Part:
        return self.parts["train"]

    @property
    def total_steps(self) -> int:
        return self.plan.total_steps(len(self.train))

    @property
    def steps_an_epoch(self) -> int:
        return self.plan.steps_an_epoch(len(self.train))


class Training(Protocol):
    """The seeds in training, one in each row: see train.stack."""

    network: Network
    """Their parameters and gradients."""
    optimizer: Optimizer
    batches: Batches
    streams: list[np.random.Generator]
    """The random streams of dropout, one for each row; empty without dropout."""
    workspace: Workspace
    """The arrays of the last forward and backward pass."""
    losses: StepLosses | None
    """The mean losses of steps in networks with batch norm."""

    def batch(self, number: int) -> tuple[Array, Array]:
        """Return inputs and targets of a batch of this epoch, (seeds, n) + shape; one row if all seeds share them."""

    def objective(self) -> Array:
        """Return what the step minimises, loss of the batch plus penalties, (seeds,)."""


class EvaluatedChunk(Protocol):
    """Some rows of a part of the data: see train.evaluation."""

    @property
    def workspace(self) -> Workspace:
        """Return the arrays of the last forward pass in evaluation mode; chunks of equal length share it."""


class EvaluatedPart(Protocol):
    """A part of the data."""

    @property
    def chunks(self) -> Sequence[EvaluatedChunk]:
        """Return the chunks in order; all but the last have the same length."""


class Evaluated(Protocol):
    """The last evaluation of the seeds in training."""

    @property
    def parts(self) -> Mapping[str, EvaluatedPart]:
        """Return the parts by name."""


class Observed(Protocol):
    """A run in progress as its observers see it: see train.session. Observers must not change it."""

    experiment: Experiment
    schedule: Schedule
    endings: Endings
    """The final values of the stopped seeds, and why they stopped."""
    alive: Array
    """Indices of the seeds in training, from 0: row i of the stack is seed alive[i]."""
    step: int
    """Steps done, which is also the number of the current or next step, from 0."""
    steps_per_epoch: int
    """Steps of an epoch."""
    total_steps: int
    """Steps of the whole plan."""

    @property
    def stack(self) -> Training:
        """Return the seeds in training, one in each row."""

    @property
    def evaluation(self) -> Evaluated:
        """Return the last evaluation of the seeds in training."""

    @property
    def epoch(self) -> int:
        """Return the number of complete epochs."""

    def row(self, seed: int) -> int | None:
        """Return the row of the seed at this place; None once it has stopped."""


class Observer:
    """Base class of records of a run. Hooks do nothing by default; a record overrides those that it needs.

    A session copies the experiment's observers, so that each run has its own, and calls `begin` once.
    """

    name: ClassVar[str] = ""
    """The record's key in the result document; empty for an observer that its creator reads."""
    section: ClassVar[str] = "records"
    next_step: int | None = None
    """The step for which `before_step` and `after_gradient` are called next, set by the observer."""

    def work(self, experiment: Experiment, when: str) -> float:
        """Return the multiply-adds that this record costs at most at the "start" or the "end" of a run."""
        return 0.0

    def begin(self, run: Observed) -> None:
        """Reset the record. Every seed is at its start."""

    def before_step(self, run: Observed) -> None:
        """Called before step `next_step`, and again if a seed diverges and the others repeat the step."""

    def after_gradient(self, run: Observed) -> None:
        """Called with the gradient of step `next_step`, penalties included, before clipping and update."""

    def at_point(self, run: Observed) -> None:
        """Called after a point of the curves was measured, before the seeds that stop there are removed."""

    def leaving(self, run: Observed, rows: Sequence[int]) -> None:
        """Called when seeds stop, given by their rows, before they are removed."""

    def at_end(self, run: Observed) -> None:
        """Called when every seed has stopped and best weights were restored."""

    def document(self) -> Any:
        """Return what was recorded, as JSON types; None for nothing."""
        return None
