"""Everything that one training needs, as objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bpsandbox.core.data.datasets import Dataset
from bpsandbox.core.gradcheck import GradientCheck
from bpsandbox.core.nn.initializers import Initializer
from bpsandbox.core.nn.losses import Loss
from bpsandbox.core.nn.network import Network
from bpsandbox.core.optim.clipping import Clipping
from bpsandbox.core.optim.optimizers import Optimizer
from bpsandbox.core.optim.penalty import Penalty
from bpsandbox.core.optim.schedules import Schedule
from bpsandbox.core.optim.stopping import Rule

from .metrics import NOTHING
from .observers.decision_boundary import Boundary
from .observers.instruments import Recording
from .observers.overfit_tiny import OverfitTiny
from .observers.worked_example import WorkedExample

Array = np.ndarray


@dataclass(frozen=True)
class Part:
    """Training, validation or test examples: inputs (n,) + shape, target rows (n, k), true classes (n,) if any."""

    x: Array
    y: Array
    classes: Array = field(default_factory=NOTHING.copy)

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class Plan:
    """How long and in what portions: exactly one of `epochs` and `steps` is set; `eval_every` counts the same."""

    epochs: int | None = None
    steps: int | None = None
    batch_size: int | None = None
    """None for all examples at once."""
    shuffle: bool = True
    eval_every: int = 1

    def steps_an_epoch(self, n: int) -> int:
        return -(-n // min(self.batch_size or n, n))

    def total_steps(self, n: int) -> int:
        return self.steps if self.steps is not None else (self.epochs or 0) * self.steps_an_epoch(n)


@dataclass(frozen=True)
class Experiment:
    """A training that has not begun. `train` never changes it, so it can be trained again."""

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
    """Where every seed begins (see Network.values), when it is not drawn by the initialisers."""
    rates: Array | None = None
    """Learning rates where they differ: one a parameter (size,), or one a seed and parameter (seeds, size)."""
    trained: Array | None = None
    """1 for every parameter that is trained and 0 for one that stays as it began, (size,); None where all are."""
    metrics: tuple[str, ...] = ()
    stopping: tuple[Rule, ...] = ()
    gradient_check: GradientCheck | None = None
    worked_example: WorkedExample | None = None
    boundary: Boundary | None = None
    recording: Recording = field(default_factory=Recording)
    overfit_tiny: OverfitTiny | None = None
    spec_hash: str = ""

    def start_values(self) -> Array:
        """What every seed begins with, as a new array: see Network.values."""
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
