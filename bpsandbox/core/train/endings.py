"""Apply the stopping rules: why and when each seed stops, and its final values."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bpsandbox.core.optim.stopping import Rule
from bpsandbox.core.types import Array
from bpsandbox.document import Stop


class Endings:
    """Applies the stopping rules and stores the final values of each seed. Seeds are counted from 0."""

    def __init__(self, rules: Sequence[Rule], values: Array) -> None:
        self.values = values.copy()
        """The final values of each seed: see Network.values."""
        self.stops: dict[int, Stop] = {}
        """Why and when each stopped seed stopped."""
        self.best: dict[int, tuple[int, Array]] = {}
        """Epoch and values of each seed's best point, if a rule restores them."""
        self.rules: list[Any] = [copy.copy(rule) for rule in rules]
        for rule in self.rules:
            rule.begin(len(values))

    def reason(self, seed: int, measured: dict[str, float], epoch: int, values: Array) -> str | None:
        """Give the measured values of a seed to every rule; return why the seed stops, or None if it continues."""
        reasons = [rule.reason for rule in self.rules if self._stops(rule, seed, measured[rule.monitor], epoch, values)]
        return reasons[0] if reasons else None

    def _stops(self, rule: Any, seed: int, value: float, epoch: int, values: Array) -> bool:
        if rule.restore_best_weights and rule.improves(seed, value):
            self.best[seed] = (epoch, values.copy())
        return rule.stops(seed, value)

    def keep(self, seed: int, values: Array, stop: Stop) -> None:
        """Store the values of a seed that stops, with the reason and the time."""
        self.values[seed], self.stops[seed] = values, stop

    def restore_best(self) -> None:
        """Replace the final values of each seed by its best ones if a rule asks for it."""
        for seed, (epoch, values) in self.best.items():
            self.values[seed] = values
            self.stops[seed] = replace(self.stops[seed], restored_epoch=epoch)
