"""The parts of the data, and the length of a training."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bpsandbox.core.types import Array

from .metrics import NOTHING


@dataclass(frozen=True)
class Part:
    """Training, validation or test examples: inputs (n,) + shape, target rows (n, k), true classes (n,) if any."""

    x: Array
    y: Array
    classes: Array = field(default_factory=NOTHING.copy)

    def __len__(self) -> int:
        return len(self.x)

    def evenly(self, most: int) -> Array:
        """Return the indices of at most `most` examples, evenly spaced from the first to the last."""
        return np.unique(np.linspace(0, len(self) - 1, min(most, len(self))).round().astype(int))


@dataclass(frozen=True)
class Plan:
    """Length and batches of a training: exactly one of `epochs` and `steps` is set; `eval_every` has the same unit."""

    epochs: int | None = None
    steps: int | None = None
    batch_size: int | None = None
    """None for full batches."""
    shuffle: bool = True
    eval_every: int = 1

    def steps_an_epoch(self, n: int) -> int:
        return -(-n // min(self.batch_size or n, n))

    def total_steps(self, n: int) -> int:
        return self.steps if self.steps is not None else (self.epochs or 0) * self.steps_an_epoch(n)
