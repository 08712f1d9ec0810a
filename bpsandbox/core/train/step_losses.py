"""The losses of the steps themselves, where they are not those that are measured."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.nn.network import Network
from bpsandbox.core.types import Array


def has_statistics(network: Network) -> bool:
    """Return whether evaluation uses running statistics, so that it measures another loss than the steps have."""
    return any(layer.update_running_stats is not None for layer in network.layers)


class StepLosses:
    """The mean loss of each seed over some steps."""

    def __init__(self, seeds: int) -> None:
        self.total, self.count = np.zeros(seeds), 0

    def add(self, value: Array) -> None:
        self.total += value
        self.count += 1

    def take(self) -> Array:
        """Return the means since this was last called."""
        mean = self.total / self.count
        self.total[:] = self.count = 0
        return mean

    def keep(self, rows: Array) -> None:
        self.total = self.total[rows]
