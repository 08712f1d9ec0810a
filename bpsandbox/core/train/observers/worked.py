"""Capture the step that a worked example asks for."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bpsandbox.core.train.experiment import Experiment, Observed, Observer

from .worked_example import Capture, WorkedExample, capture

PER_PARAMETER = 5000
"""Multiply-adds that take as long as writing one parameter's part of the step down: some two microseconds."""


@dataclass
class Worked(Observer):
    """Captures the example's step, unless the seed's loss is not finite: then that step is not done.

    It has no document; `explain` makes the worked step of `captured`.
    """

    example: WorkedExample

    def work(self, experiment: Experiment, when: str) -> float:
        """What explaining the step costs, measured per parameter in six conventions: it comes after the last step."""
        return PER_PARAMETER * experiment.network.size if when == "end" else 0.0

    def begin(self, run: Observed) -> None:
        self.captured: Capture | None = None
        self.seed = self.example.place(run.experiment.seeds)
        self.next_step = self.example.step

    def before_step(self, run: Observed) -> None:
        row, self.next_step = run.row(self.seed), None
        if row is not None:
            made = capture(run.experiment, self.example, run.stack, row, run.step, run.epoch, run.schedule)
            self.captured = made if math.isfinite(made.whole.loss) else None
