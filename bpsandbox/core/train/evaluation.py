"""Evaluate a network on whole parts of the data, in chunks of a fixed size."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.data.targets import decide
from bpsandbox.core.errors import BackpropError
from bpsandbox.core.nn.network import Network
from bpsandbox.core.optim.penalty import Penalty
from bpsandbox.core.tape.workspace import Tape, Workspace, play
from bpsandbox.core.types import Array

from .experiment import Experiment
from .metrics import METRICS, NOTHING, Predictions
from .plan import Part

CHUNK = 512
"""Rows of a pass. It affects the last digits, so it depends on neither the machine nor the number of seeds."""


class Chunk:
    """Some rows of a part, with a workspace that chunks of equal size share."""

    def __init__(self, workspace: Workspace, x: Array, y: Array) -> None:
        self.workspace, self.x, self.y = workspace, x[np.newaxis], y[np.newaxis]
        self.mass = workspace.loss.mass(self.y)
        self.tape: Tape | None = None

    def measure(self) -> Workspace:
        """Run a forward pass and return the workspace with its results, which the pass of the next chunk overwrites."""
        if self.tape is None:
            self.tape = self.workspace.tape(self.x, self.y)
        else:
            play(self.tape.forward)
        return self.workspace


class PartEvaluation:
    """Evaluates every seed on one part: its loss, and its outputs if they are needed."""

    def __init__(self, network: Network, experiment: Experiment, part: Part, *, keep_outputs: bool) -> None:
        self.experiment, self.part = experiment, part
        self.chunks: list[Chunk] = []
        spaces: dict[int, Workspace] = {}
        for start in range(0, len(part), CHUNK):
            x, y = part.x[start : start + CHUNK], part.y[start : start + CHUNK]
            if len(x) not in spaces:
                spaces[len(x)] = Workspace(network, experiment.loss, len(x), backward=False)
            self.chunks.append(Chunk(spaces[len(x)], x, y))
        shape = (network.seeds, *part.y.shape)
        self.outputs = np.empty(shape, network.theta.dtype) if keep_outputs else None

    def loss(self) -> Array:
        """Return the loss of every seed over the part, penalties excluded; fills `outputs`."""
        total = np.zeros_like(self.chunks[0].workspace.value)
        is_mean = self.experiment.loss.reduction == "mean"
        for number, chunk in enumerate(self.chunks):
            workspace = chunk.measure()
            if chunk.mass or not is_mean:  # the mean of examples without weight is 0 / 0
                total += workspace.value * chunk.mass if is_mean else workspace.value
            if self.outputs is not None:
                self.outputs[:, number * CHUNK : number * CHUNK + workspace.n] = workspace.outputs[-1]
        return total / sum(chunk.mass for chunk in self.chunks) if is_mean else total

    def predictions(self) -> Predictions:
        """Return the predictions of the last `loss()`."""
        labels, outputs = self.experiment.dataset.labels, self.outputs
        if outputs is None:
            raise BackpropError("an evaluation that keeps no outputs has no predictions")
        decided = decide(outputs, labels, self.experiment.loss) if labels else NOTHING
        return Predictions(outputs, self.part.y, decided, self.part.classes, len(labels))


class Evaluation:
    """Evaluates all parts: `measure()` returns the values of all curves, {name: (seeds,)}."""

    def __init__(self, network: Network, experiment: Experiment, penalty: Penalty | None) -> None:
        self.metrics = [name for name in experiment.metrics if name in METRICS]
        self.penalty = penalty
        self.rows = len(experiment.train) / experiment.steps_an_epoch
        """Average rows of a batch, by which a per-sample penalty is divided."""
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
        for chunk in self.parts["train"].chunks:
            workspace = chunk.measure()
            if not np.isfinite(workspace.value[row]):
                return workspace.first_broken(row)
        return "regularization"
