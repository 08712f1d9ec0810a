"""Every step of a run, for comparing with another implementation line by line."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.nn.network import Network

from .curves import finite

Array = np.ndarray


class Trace:
    """Give one to `train` to keep the loss each update was computed from, and the parameters around the run."""

    def __init__(self) -> None:
        self.steps: list[dict[str, object]] = []
        self.start: dict[str, list] = {}
        self.first_gradient: dict[str, list] = {}
        self.end: dict[str, list] = {}

    def begin(self, network: Network) -> None:
        self.start = _plain(network, network.theta)

    def add(self, network: Network, *, step: int, epoch: int, seeds: int, alive: Array, loss: Array) -> None:
        """Look at a step after backward and before the update."""
        row: list[float | None] = [None] * seeds
        for seed, value in zip(alive, loss, strict=True):
            row[seed] = finite(value)
        self.steps.append({"step": step, "epoch": epoch, "loss": row})
        if not self.first_gradient:
            self.first_gradient = _plain(network, network.gradient)

    def finish(self, network: Network, theta: Array) -> None:
        self.end = _plain(network, theta)

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
