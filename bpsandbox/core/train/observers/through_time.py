"""Gradient norms of recurrent layers, unrolled in time, for the first seeds, at a few epochs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bpsandbox.core.nn.layers.recurrent.recurrent import Recurrent
from bpsandbox.core.train.curves import rounded
from bpsandbox.core.train.experiment import Observed, Observer

from .snapshots import schedule

EPOCHS = 16
MOST_NUMBERS = 20_000


@dataclass
class ThroughTime(Observer):
    """||dL/dh_k|| of a batch at the first step of an epoch, for every step k of the sequences.

    The last epoch that begins is among them; a run that ends early ends after the last one before.
    """

    name = "through_time"

    def begin(self, run: Observed) -> None:
        network = run.experiment.network
        self.places = [place for place, layer in enumerate(network.layers) if isinstance(layer, Recurrent)]
        self.layers = [network.layers[place] for place in self.places]
        steps = sum(network.shapes[place][0] for place in self.places)
        fit = MOST_NUMBERS // (EPOCHS * steps) if steps else 0
        self.names = run.experiment.seeds[:fit]
        last = run.total_steps // run.steps_per_epoch
        self.left = schedule(last, EPOCHS, (max(0, last - 1),)) if fit else []
        self.epochs: list[int] = []
        self.norms: list[list[list[list[float | None] | None]]] = []
        self._wait(run)

    def after_gradient(self, run: Observed) -> None:
        self.epochs.append(self.left.pop(0))
        rows = [run.row(seed) for seed in range(len(self.names))]
        self.norms.append([self._of_layer(run, place, rows) for place in self.places])
        self._wait(run)

    def _of_layer(self, run: Observed, place: int, rows: list[int | None]) -> list[list[float | None] | None]:
        layer, scratch = run.stack.network.layers[place], run.stack.workspace.scratch[place]
        assert isinstance(layer, Recurrent)
        gradients = layer.through_time(*scratch)
        norms = np.sqrt(np.square(gradients, dtype=np.float64).sum(axis=(-1, -2)))
        return [None if row is None else [rounded(norm) for norm in norms[row]] for row in rows]

    def _wait(self, run: Observed) -> None:
        self.next_step = self.left[0] * run.steps_per_epoch if self.left else None

    def document(self) -> dict[str, Any] | None:
        if not self.epochs:
            return None
        return {
            "seeds": list(self.names),
            "layers": [{"index": layer.index, "type": layer.name} for layer in self.layers],
            "epochs": self.epochs,
            "norms": self.norms,
        }
