"""Statistics of every layer's outputs at recorded points: mean, deviation, zeros, saturated and dead units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bpsandbox.core.nn.layers.base import Layer
from bpsandbox.core.nn.network import Network
from bpsandbox.core.tape.workspace import Workspace, play
from bpsandbox.core.train.curves import rounded
from bpsandbox.core.train.experiment import Observed, Observer
from bpsandbox.core.types import Array

EXAMPLES = 256
"""Most training examples, evenly spaced, in the statistics."""
NEAR = 0.01
"""An output is saturated if its distance from a bound of its activation is at most this share of the range."""
STATISTICS = ("mean", "std", "zero", "saturated", "dead")
"""`zero` and `saturated` are shares of all outputs; `dead` is the share of units that are 0 for every example."""


@dataclass
class Activations(Observer):
    """Statistics of the first seed's network in evaluation mode; None at points after it has stopped."""

    name = "activations"

    def begin(self, run: Observed) -> None:
        self.layers, self.seed = measured(run.experiment.network), run.experiment.seeds[0]
        self.owners = [run.experiment.network.owner(place) for place in self.layers]
        self.rows = run.experiment.train.evenly(EXAMPLES)
        self.points: list[list[dict[str, float | None]]] = []
        self.bound: Network | None = None

    def at_point(self, run: Observed) -> None:
        if run.row(0) is None:
            self.points.append([dict.fromkeys(STATISTICS)] * len(self.layers))
            return
        if self.bound is not run.stack.network:  # the network is bound again when a seed has stopped
            self._bind(run)
        play(self.tape.forward)
        self.points.append([statistics(self.arrays[place + 1][0], self.network.layers[place]) for place in self.layers])

    def _bind(self, run: Observed) -> None:
        self.bound = run.stack.network
        self.network = run.experiment.network.bind(run.stack.network.values[:1])
        workspace = Workspace(self.network, run.experiment.loss, len(self.rows), backward=False)
        x = run.experiment.train.x[self.rows][np.newaxis]
        self.tape, self.arrays = workspace.tape(x), workspace.inputs(x)

    def document(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "examples": len(self.rows),
            "layers": [{"index": layer.index, "type": layer.name} for layer in self.owners],
            **{name: [[layer[name] for layer in point] for point in self.points] for name in STATISTICS},
        }


def statistics(outputs: Array, layer: Layer) -> dict[str, float | None]:
    """Return the STATISTICS of one layer's outputs, (examples,) + shape."""
    a = outputs.astype(np.float64)
    is_zero = a == 0.0
    low, high = layer.bounds or (-np.inf, np.inf)
    margin = NEAR * (high - low) if np.isfinite(high - low) else 0.0
    saturated = (a <= low + margin) | (a >= high - margin)
    numbers = a.mean(), a.std(), is_zero.mean(), saturated.mean(), is_zero.all(axis=0).mean()
    return dict(zip(STATISTICS, map(rounded, numbers), strict=True))


def measured(network: Network) -> list[int]:
    """Return the index of the last core layer of every layer of the config (its activation if any), without views."""
    places = {layer.index: place for place, layer in enumerate(network.layers) if not layer.is_view}
    return list(places.values())
