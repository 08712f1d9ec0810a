"""Measuring a network on whole parts of the data, in chunks of a fixed size."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.data.targets import decide
from bpsandbox.core.errors import BackpropError
from bpsandbox.core.nn.network import Network
from bpsandbox.core.optim.penalty import Penalty
from bpsandbox.core.tape.workspace import Tape, Workspace, play

from .experiment import Experiment
from .metrics import METRICS, NOTHING, Predictions
from .plan import Part

Array = np.ndarray
CHUNK = 512
"""Rows a pass: part of the result's last digits, so it never depends on the machine or the number of seeds."""


class PartEvaluation:
    """Loss, and outputs where wanted, of every seed on one part."""

    def __init__(self, network: Network, experiment: Experiment, part: Part, *, keep_outputs: bool) -> None:
        self.experiment, self.part = experiment, part
        self.chunks: list[tuple[Workspace, Tape, float]] = []
        for start in range(0, len(part), CHUNK):
            self._add_chunk(network, part.x[start : start + CHUNK], part.y[start : start + CHUNK])
        self.outputs = self._room(network) if keep_outputs else None

    def _add_chunk(self, network: Network, x: Array, y: Array) -> None:
        loss = self.experiment.loss
        shared = next((workspace for workspace, _, _ in self.chunks if workspace.n == len(x)), None)
        workspace = shared or Workspace(network, loss, len(x), backward=False)
        rows = y[np.newaxis]
        self.chunks.append((workspace, workspace.tape(x[np.newaxis], rows), loss.mass(rows)))

    def _room(self, network: Network) -> Array:
        return np.empty((network.seeds, *self.part.y.shape), dtype=network.theta.dtype)

    def loss(self) -> Array:
        """The loss of every seed over the part (penalties excluded); fills `outputs`."""
        total = np.zeros_like(self.chunks[0][0].value)
        is_mean = self.experiment.loss.reduction == "mean"
        for number, (workspace, tape, mass) in enumerate(self.chunks):
            play(tape.forward)
            total += workspace.value * mass if is_mean else workspace.value
            if self.outputs is not None:
                self.outputs[:, number * CHUNK : number * CHUNK + workspace.n] = workspace.outputs[-1]
        return total / sum(mass for _, _, mass in self.chunks) if is_mean else total

    def predictions(self) -> Predictions:
        """What was predicted by the last `loss()`."""
        labels, outputs = self.experiment.dataset.labels, self.outputs
        if outputs is None:
            raise BackpropError("an evaluation that keeps no outputs has no predictions")
        decided = decide(outputs, labels, self.experiment.loss) if labels else NOTHING
        return Predictions(outputs, self.part.y, decided, self.part.classes, len(labels))


class Evaluation:
    """All curves' values at one moment: `measure()` gives {name: (seeds,)}."""

    def __init__(self, network: Network, experiment: Experiment, penalty: Penalty | None) -> None:
        self.metrics = [name for name in experiment.metrics if name in METRICS]
        self.penalty = penalty
        self.rows = len(experiment.train) / experiment.steps_an_epoch
        """In a batch, on average: what a penalty by sample is divided by."""
        keep = bool(experiment.metrics)
        self.parts = {
            name: PartEvaluation(network, experiment, part, keep_outputs=keep)
            for name, part in experiment.parts.items()
        }

    def measure(self) -> dict[str, Array]:
        values: dict[str, Array] = {}
        for part, evaluation in self.parts.items():
            values[f"{part}_loss"] = evaluation.loss()
        if self.penalty is not None:
            values["data_loss"] = values["train_loss"]
            values["train_loss"] = values["train_loss"] + self.penalty.value(self.rows)
        for part, evaluation in self.parts.items():
            if self.metrics:
                predictions = evaluation.predictions()
                values |= {f"{part}_{name}": METRICS[name](predictions) for name in self.metrics}
        return values

    def broken_layer(self, row: int) -> str:
        """Name the first layer whose output on training examples is not finite for the seed in this row."""
        for workspace, tape, _ in self.parts["train"].chunks:
            play(tape.forward)
            if not np.isfinite(workspace.value[row]):
                return workspace.first_broken(row)
        return "regularization"
