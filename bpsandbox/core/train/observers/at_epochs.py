"""Records of the first seed at the epochs that a config lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bpsandbox.core.train.experiment import Observed, Observer


@dataclass
class AtEpochs(Observer):
    """Records the first seed at the start of each of `epochs`; if it stops earlier, when it stops."""

    epochs: tuple[int, ...]

    def look(self, run: Observed) -> dict[str, Any]:
        """Return the record of the current state; the first seed is in row 0."""
        raise NotImplementedError

    def begin(self, run: Observed) -> None:
        self.taken: list[dict[str, Any]] = []
        self.left = sorted(set(self.epochs))
        self._wait(run)

    def before_step(self, run: Observed) -> None:
        self.left.pop(0)
        self._wait(run)
        if run.row(0) is not None:
            self._take(run)

    def leaving(self, run: Observed, rows: Sequence[int]) -> None:
        if self.left and run.row(0) in rows:
            self._take(run)

    def _wait(self, run: Observed) -> None:
        self.next_step = self.left[0] * run.steps_per_epoch if self.left else None

    def _take(self, run: Observed) -> None:
        if run.epoch not in [one["epoch"] for one in self.taken]:
            self.taken.append({"epoch": run.epoch, "seed": run.experiment.seeds[0], **self.look(run)})

    def document(self) -> list[dict[str, Any]] | None:
        return self.taken or None
