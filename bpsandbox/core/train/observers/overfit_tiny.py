"""Can the network learn a handful of examples by heart? If not, something between data and gradient is wrong.

A. Karpathy, A recipe for training neural networks, 2019: "overfit a single batch".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bpsandbox.core.optim.optimizers import Adam
from bpsandbox.core.tape.workspace import Workspace, play
from bpsandbox.core.train.curves import finite

if TYPE_CHECKING:
    from bpsandbox.core.train.experiment import Experiment

Array = np.ndarray


@dataclass(frozen=True)
class OverfitTiny:
    """How many examples, how many steps at most, and which share of the first loss is next to nothing."""

    n_samples: int = 8
    steps: int = 1000
    share: float = 0.01
    lr: float = 0.03


def overfit_tiny(experiment: Experiment, wanted: OverfitTiny) -> dict[str, Any]:
    """Train the first seed's network, from its own start, on a few examples alone, and say how far the loss fell.

    No penalty, weight decay, dropout, clipping, schedule or shuffling; Adam with a fixed learning rate, all examples at
    once. It has streams and arrays of its own, so nothing of the run is changed.
    """
    x, y = _examples(experiment, wanted.n_samples)
    values = experiment.network.draw(experiment.seeds[:1], experiment.initializers, experiment.dtype)
    network = experiment.network.bind(values if experiment.start is None else experiment.start[:1].copy())
    workspace = Workspace(network, experiment.loss, x.shape[1])
    tape, optimizer = workspace.tape(x, y), Adam(wanted.lr)
    optimizer.bind(network.theta, network.gradient)
    floor = experiment.loss.floor(y)
    losses: list[float] = []
    for _ in range(wanted.steps + 1):
        play(tape.forward)
        losses.append(float(workspace.value[0]) - floor)
        if not losses[-1] > wanted.share * losses[0]:
            break
        play(tape.backward)
        if experiment.trained is not None:
            network.gradient *= experiment.trained
        optimizer.step()
    return {
        "n": x.shape[1],
        "steps": len(losses) - 1,
        "most_steps": wanted.steps,
        "share": wanted.share,
        "lr": wanted.lr,
        "floor": floor,
        "first_loss": finite(losses[0]),
        "last_loss": finite(losses[-1]),
        "passed": bool(losses[-1] <= wanted.share * losses[0]),
    }


def _examples(experiment: Experiment, count: int) -> tuple[Array, Array]:
    """A few training examples, evenly chosen, with a leading axis of 1."""
    train = experiment.train
    rows = np.unique(np.linspace(0, len(train) - 1, min(count, len(train))).round().astype(int))
    return train.x[rows][np.newaxis], train.y[rows][np.newaxis]
