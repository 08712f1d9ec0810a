"""The overfit check: a network that cannot fit a few examples has a bug.

A. Karpathy, A recipe for training neural networks, 2019: "overfit a single batch".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bpsandbox.core.gradcheck import work
from bpsandbox.core.optim.optimizers import Adam
from bpsandbox.core.tape.workspace import Workspace, play
from bpsandbox.core.train.curves import finite
from bpsandbox.core.train.experiment import Experiment, Observed, Observer
from bpsandbox.core.train.workload import BACKWARD, UPDATE
from bpsandbox.core.types import Array


@dataclass
class OverfitTiny(Observer):
    """Trains the first seed's network on a few examples until its loss is at most a share of the first one."""

    n_samples: int = 8
    steps: int = 1000
    share: float = 0.01
    lr: float = 0.03

    name = "overfit_tiny"
    section = "checks"

    def work(self, experiment: Experiment, when: str) -> float:
        network = experiment.network
        a_step = BACKWARD * work(network, self.n_samples) + UPDATE * network.size
        return self.steps * a_step if when == "end" else 0.0

    def at_end(self, run: Observed) -> None:
        self.outcome = overfit_tiny(run.experiment, self)

    def document(self) -> dict[str, Any]:
        return self.outcome


def overfit_tiny(experiment: Experiment, wanted: OverfitTiny) -> dict[str, Any]:
    """Train the first seed's network from its initial weights on a few examples; return how far the loss fell.

    Full batches and Adam with a fixed learning rate; no penalty, weight decay, dropout, clipping or schedule. It uses
    separate random streams and arrays, so the run does not change.
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
    """Return a few training examples, evenly spaced, with a leading axis of 1."""
    train, rows = experiment.train, experiment.train.evenly(count)
    return train.x[rows][np.newaxis], train.y[rows][np.newaxis]
