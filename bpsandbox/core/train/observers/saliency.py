"""How much each pixel of some pictures changes the output of their predicted class, after training."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpsandbox.core.data.targets import decide
from bpsandbox.core.nn.losses import Loss
from bpsandbox.core.nn.network import Network
from bpsandbox.core.streams import stream
from bpsandbox.core.tape.workspace import Workspace
from bpsandbox.core.train.experiment import Experiment, Observed, Observer
from bpsandbox.core.train.plan import Part
from bpsandbox.core.types import Array

from .snapshots import six_digits

MOST_PICTURES = 10
MOST_PIXELS = 1024
H = 1e-4
"""Half of the distance of the central differences, in the units of the network's input."""


def pictures_of(shape: tuple[int, ...], classes: int) -> int:
    """Return how many pictures are looked at; 0 if examples are no pictures, or too large."""
    is_picture = len(shape) == 3 and math.prod(shape) <= MOST_PIXELS
    return min(MOST_PICTURES, classes) if is_picture else 0


@dataclass
class Saliency(Observer):
    """Slopes dy_c/dx of the first seed's final network in evaluation mode, for one example of each class c.

    They are central differences in double precision. The examples are of the test part, else of the validation or the
    training part. Simonyan, Vedaldi, Zisserman, Deep inside convolutional networks, 2014.
    """

    name = "saliency"

    def begin(self, run: Observed) -> None:
        self.made: dict[str, Any] | None = None

    def work(self, experiment: Experiment, when: str) -> float:
        if when != "end":
            return 0.0
        return float(work_of(experiment.network, len(experiment.dataset.labels)))

    def at_end(self, run: Observed) -> None:
        experiment = run.experiment
        values = run.endings.values[:1].astype(np.float64)
        if not np.isfinite(values).all():
            return
        name = next(name for name in ("test", "val", "train") if name in experiment.parts)
        part = experiment.parts[name]
        network = experiment.network.bind(values, [stream(experiment.seeds[0], "dropout")])
        with np.errstate(all="ignore"):
            labels = experiment.dataset.labels
            pictures = [picture_of(network, experiment.loss, labels, part, row) for row in chosen(part, len(labels))]
        self.made = {
            "part": name,
            "seed": experiment.seeds[0],
            "shape": list(experiment.network.shapes[0]),
            "labels": [str(label) for label in experiment.dataset.labels],
            "pictures": pictures,
        }

    def document(self) -> dict[str, Any] | None:
        return self.made


def work_of(network: Network, classes: int) -> int:
    """Return the multiply-adds of the slopes of all pictures."""
    shape = network.shapes[0]
    return forward_work(network) * pictures_of(shape, classes) * (2 * math.prod(shape) + 1)


def forward_work(network: Network) -> int:
    """Return the multiply-adds of a forward pass for one example."""
    return sum(layer.multiply_adds(shape) for layer, shape in zip(network.layers, network.shapes, strict=False))


def chosen(part: Part, classes: int) -> list[int]:
    """Return the first example of each class."""
    firsts = [np.flatnonzero(part.classes == k)[:1] for k in range(classes)]
    return np.concatenate(firsts)[:MOST_PICTURES].tolist()


def picture_of(network: Network, loss: Loss, labels: tuple[int | str, ...], part: Part, row: int) -> dict[str, Any]:
    """Return one example, its predicted class and the slopes of that class's output."""
    x = part.x[row].astype(np.float64)
    output = outputs_of(network, loss, x[np.newaxis])
    predicted = int(decide(output, labels, loss)[0])
    column = predicted if output.shape[1] > 1 else 0
    nudges = np.eye(x.size).reshape(x.size, *x.shape) * H
    up, down = (outputs_of(network, loss, x + sign * nudges)[:, column] for sign in (1.0, -1.0))
    return {
        "index": row,
        "truth": int(part.classes[row]),
        "predicted": predicted,
        "x": six_digits(x.ravel()),
        "slopes": six_digits((up - down) / (2 * H)),
    }


def outputs_of(network: Network, loss: Loss, x: Array) -> Array:
    """Return the outputs of one seed's network in evaluation mode, (n, outputs)."""
    workspace = Workspace(network, loss, len(x), backward=False)
    workspace.tape(x[np.newaxis])
    return workspace.inputs(x[np.newaxis])[-1][0].reshape(len(x), -1)
