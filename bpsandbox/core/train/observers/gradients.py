"""The norm of every layer's gradient, for all seeds, at the step after each recorded point."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from bpsandbox.core.nn.network import Network
from bpsandbox.core.train.curves import rounded
from bpsandbox.core.train.experiment import Observed, Observer


@dataclass
class Gradients(Observer):
    """Euclidean norms, penalties included, before clipping. None at the last point, which no step follows."""

    name = "gradients"

    def begin(self, run: Observed) -> None:
        self.network = run.experiment.network
        self.layers = trained_layers(self.network)
        self.norms: list[list[list[float | None]]] = []

    def at_point(self, run: Observed) -> None:
        self.norms.append([[None] * len(run.experiment.seeds) for _ in self.layers])
        self.next_step = run.step

    def after_gradient(self, run: Observed) -> None:
        for layer, (_, start, stop) in enumerate(self.layers):
            norms = np.sqrt(np.square(run.stack.network.gradient[:, start:stop], dtype=np.float64).sum(axis=1))
            for seed, norm in zip(run.alive, norms, strict=True):
                self.norms[-1][layer][seed] = rounded(norm)
        self.next_step = None

    def document(self) -> dict[str, Any]:
        owners = [self.network.owner(place) for place, _, _ in self.layers]
        layers = [{"index": layer.index, "type": layer.name} for layer in owners]
        return {"layers": layers, "norms": self.norms}


def trained_layers(network: Network) -> list[tuple[int, int, int]]:
    """Return the index of every layer with parameters, and their range in the flat vector."""
    by_layer = [(place, list(slots)) for place, slots in groupby(network.slots, key=lambda slot: slot.layer)]
    return [(place, slots[0].start, slots[-1].stop) for place, slots in by_layer]
