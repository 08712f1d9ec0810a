"""One training example worked through the step that the config names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bpsandbox.core.train.experiment import Observed, Observer

from .worked_example import WorkedExample, worked_example


@dataclass
class Worked(Observer):
    """Works the example before its step; if its seed stops earlier, at the moment it stops."""

    example: WorkedExample

    name = "worked_example"

    def begin(self, run: Observed) -> None:
        self.worked: dict[str, Any] | None = None
        self.seed = self.example.place(run.experiment.seeds)
        self.next_step = self.example.step

    def before_step(self, run: Observed) -> None:
        row, self.next_step = run.row(self.seed), None
        if row is not None:
            made = worked_example(run.experiment, self.example, run.stack.network, run.stack.optimizer, row)
            self.worked = {**made, "step": run.step, "epoch": run.epoch}

    def leaving(self, run: Observed, rows: Sequence[int]) -> None:
        if self.worked is None and run.row(self.seed) in rows:
            self.before_step(run)

    def document(self) -> dict[str, Any] | None:
        return self.worked
