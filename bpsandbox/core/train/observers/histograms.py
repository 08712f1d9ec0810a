"""Histograms of every layer's weights and gradients, for the first seeds, at a few epochs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bpsandbox.core.bins import equal_bins
from bpsandbox.core.train.curves import rounded
from bpsandbox.core.train.experiment import Observed, Observer
from bpsandbox.core.types import Array

from .gradients import trained_layers
from .snapshots import schedule

BINS = 24
EPOCHS = 16
MOST_NUMBERS = 30_000
"""Most numbers in the histograms of a run."""


def seeds_that_fit(layers: int, seeds: int) -> int:
    """Return how many seeds have histograms, the first ones; at least one."""
    return max(1, min(seeds, MOST_NUMBERS // (2 * (BINS + 2) * EPOCHS * max(1, layers))))


@dataclass
class Histograms(Observer):
    """Counts of weights, and of gradients before clipping, penalties included, at the first step of an epoch.

    The last epoch that begins is among them; a run that ends early ends after the last one before.
    """

    name = "histograms"

    def begin(self, run: Observed) -> None:
        self.network = run.experiment.network
        self.layers = trained_layers(self.network)
        self.seeds = seeds_that_fit(len(self.layers), len(run.experiment.seeds))
        self.names = run.experiment.seeds[: self.seeds]
        last = run.total_steps // run.steps_per_epoch
        self.left = schedule(last, EPOCHS, (max(0, last - 1),))
        self.epochs: list[int] = []
        self.weights: list[list[list[dict[str, Any] | None]]] = []
        self.gradients: list[list[list[dict[str, Any] | None]]] = []
        self._wait(run)

    def after_gradient(self, run: Observed) -> None:
        self.epochs.append(self.left.pop(0))
        network, rows = run.stack.network, [run.row(seed) for seed in range(self.seeds)]
        for kept, flat in ((self.weights, network.theta), (self.gradients, network.gradient)):
            kept.append([
                [None if row is None else counted(flat[row, start:stop]) for row in rows]
                for _, start, stop in self.layers
            ])  # fmt: skip
        self._wait(run)

    def _wait(self, run: Observed) -> None:
        self.next_step = self.left[0] * run.steps_per_epoch if self.left else None

    def document(self) -> dict[str, Any] | None:
        owners = [self.network.owner(place) for place, _, _ in self.layers]
        if not self.epochs or not owners:
            return None
        return {
            "seeds": list(self.names),
            "layers": [{"index": layer.index, "type": layer.name} for layer in owners],
            "epochs": self.epochs,
            "weights": self.weights,
            "gradients": self.gradients,
        }


def counted(values: Array) -> dict[str, Any] | None:
    """Return the ends and the counts of equal bins; None if a number is not finite."""
    low, high = float(values.min()), float(values.max())
    ends = rounded(low), rounded(high)
    if None in ends:
        return None
    return {"low": ends[0], "high": ends[1], "counts": equal_bins(values, BINS)}
