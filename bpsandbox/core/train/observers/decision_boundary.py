"""The first seed's decisions on a grid of the plane, at some epochs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpsandbox.core.data.datasets import Dataset
from bpsandbox.core.data.targets import class_values, decide
from bpsandbox.core.nn.losses import BCEWithLogitsLoss, Loss
from bpsandbox.core.nn.network import Network
from bpsandbox.core.tape.workspace import Workspace
from bpsandbox.core.train.experiment import Observed
from bpsandbox.core.types import Array

from .at_epochs import AtEpochs

GRID = 48
MOST_POINTS = 400
"""Most examples stored with a boundary, evenly spaced."""


@dataclass
class DecisionBoundary(AtEpochs):
    """The network's decisions over the plane of the raw data, before `prepare`."""

    raw: Dataset
    prepare: Callable[[Array], Array]

    name = "decision_boundary"

    def look(self, run: Observed) -> dict[str, Any]:
        return self.draw(run.experiment.network.bind(run.stack.network.values[:1]), run.experiment.loss)

    def draw(self, network: Network, loss: Loss) -> dict[str, Any]:
        """Return the decisions of a network of one seed; the first row has the lowest y."""
        points, labels = self.raw.x, self.raw.labels
        (x_low, y_low), (x_high, y_high) = _frame(points)
        xs, ys = np.meshgrid(np.linspace(x_low, x_high, GRID), np.linspace(y_low, y_high, GRID))
        outputs = _outputs(network, loss, self.prepare(np.column_stack([xs.ravel(), ys.ravel()])))
        values = decide(outputs, labels, loss) if len(labels) > 1 else outputs[:, 0]
        kept = slice(None, None, -(-len(points) // MOST_POINTS))
        return _surface(outputs, labels, loss) | {
            "x": [x_low, x_high],
            "y": [y_low, y_high],
            "n": GRID,
            "values": values.reshape(GRID, GRID).tolist(),
            "classes": len(labels),
            "points": {"x": points[kept].tolist(), "y": self.raw.y[kept].ravel().tolist()},
        }


def _outputs(network: Network, loss: Loss, x: Array) -> Array:
    workspace = Workspace(network, loss, len(x), backward=False)
    x = x[np.newaxis].astype(network.theta.dtype)
    workspace.tape(x)
    return workspace.inputs(x)[-1][0]


def _surface(outputs: Array, labels: tuple[int | str, ...], loss: Loss) -> dict[str, Any]:
    """Return the number that decides between two classes, and its threshold.

    The number is the single output, or the second of two outputs minus the first.
    """
    if len(labels) != 2 or outputs.shape[1] > 2:
        return {}
    if outputs.shape[1] == 2:
        divide, deciding = 0.0, outputs[:, 1] - outputs[:, 0]
    else:
        divide = 0.0 if isinstance(loss, BCEWithLogitsLoss) else float(class_values(labels, loss).mean())
        deciding = outputs[:, 0]
    shown = [float(f"{value:.6g}") for value in deciding.tolist()]
    return {"outputs": [shown[i : i + GRID] for i in range(0, len(shown), GRID)], "divide": divide}


def _frame(points: Array) -> tuple[list[float], list[float]]:
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.where(high > low, 0.15 * (high - low), 1.0)
    return (low - margin).tolist(), (high + margin).tolist()
