"""The loss of every step and the parameters around a run, for comparing two implementations line by line."""

from __future__ import annotations

from bpsandbox.core.nn.network import Network
from bpsandbox.core.train.curves import finite
from bpsandbox.core.train.experiment import Observed, Observer
from bpsandbox.core.types import Array


class Trace(Observer):
    """Records the loss before each update, the first gradient, and the parameters at start and end.

    Pass a new one to `train` for each run, and read it afterwards.
    """

    def __init__(self) -> None:
        self.steps: list[dict[str, object]] = []
        self.start: dict[str, list] = {}
        self.first_gradient: dict[str, list] = {}
        self.end: dict[str, list] = {}

    def begin(self, run: Observed) -> None:
        self.start = _plain(run.stack.network, run.stack.network.theta)
        self.next_step = 0

    def after_gradient(self, run: Observed) -> None:
        losses: list[float | None] = [None] * len(run.experiment.seeds)
        for seed, value in zip(run.alive, run.stack.objective(), strict=True):
            losses[seed] = finite(value)
        self.steps.append({"step": run.step, "epoch": run.epoch, "loss": losses})
        self.first_gradient = self.first_gradient or _plain(run.stack.network, run.stack.network.gradient)
        self.next_step = run.step + 1

    def at_end(self, run: Observed) -> None:
        self.end = _plain(run.experiment.network, run.endings.values)

    def document(self) -> dict[str, object]:
        return {
            "steps": self.steps,
            "start": self.start,
            "first_gradient": self.first_gradient,
            "end": self.end,
        }


def _plain(network: Network, flat: Array) -> dict[str, list]:
    return {name: _finite(view.tolist()) for name, view in network.named(flat).items()}


def _finite(value):
    return [_finite(item) for item in value] if isinstance(value, list) else finite(value)
