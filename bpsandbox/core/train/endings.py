"""Stopping rules at work: why and when each seed stops, and the values that it ends with."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bpsandbox.core.optim.stopping import Rule
from bpsandbox.core.types import Array
from bpsandbox.document import Stop


class Endings:
    """Applies the stopping rules and keeps what each seed ends with. Seeds are counted from 0."""

    def __init__(self, rules: Sequence[Rule], values: Array) -> None:
        self.values = values.copy()
        """The values that each seed ended with: see Network.values."""
        self.stops: dict[int, Stop] = {}
        """Why and when each seed stopped, of those that have."""
        self.best: dict[int, tuple[int, Array]] = {}
        """Epoch and values of each seed's best point, where a rule restores them."""
        self.rules: list[Any] = [copy.copy(rule) for rule in rules]
        for rule in self.rules:
            rule.begin(len(values))

    def reason(self, seed: int, measured: dict[str, float], epoch: int, values: Array) -> str | None:
        """Show every rule what was measured of a seed, and return why the seed stops; None when it goes on."""
        reasons = [rule.reason for rule in self.rules if self._stops(rule, seed, measured[rule.monitor], epoch, values)]
        return reasons[0] if reasons else None

    def _stops(self, rule: Any, seed: int, value: float, epoch: int, values: Array) -> bool:
        if rule.restore_best_weights and rule.improves(seed, value):
            self.best[seed] = (epoch, values.copy())
        return rule.stops(seed, value)

    def keep(self, seed: int, values: Array, stop: Stop) -> None:
        """Keep the values of a seed that stops, and why and when it did."""
        self.values[seed], self.stops[seed] = values, stop

    def restore_best(self) -> None:
        """Replace what a seed ended with by its best values, where a rule asks for it."""
        for seed, (epoch, values) in self.best.items():
            self.values[seed] = values
            self.stops[seed] = replace(self.stops[seed], restored_epoch=epoch)
