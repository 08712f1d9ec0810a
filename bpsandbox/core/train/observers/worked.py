"""Capture the step that a worked example asks for."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bpsandbox.core.train.experiment import Observed, Observer

from .worked_example import Capture, WorkedExample, capture


@dataclass
class Worked(Observer):
    """Captures the example's step, unless the seed's loss is not finite: then that step is not done.

    It has no document; `explain` makes the worked step of `captured`.
    """

    example: WorkedExample

    def begin(self, run: Observed) -> None:
        self.captured: Capture | None = None
        self.seed = self.example.place(run.experiment.seeds)
        self.next_step = self.example.step

    def before_step(self, run: Observed) -> None:
        row, self.next_step = run.row(self.seed), None
        if row is not None:
            made = capture(run.experiment, self.example, run.stack, row, run.step, run.epoch, run.schedule)
            self.captured = made if math.isfinite(made.whole.loss) else None
