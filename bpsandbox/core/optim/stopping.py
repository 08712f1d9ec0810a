"""Rules that stop a seed before its last epoch. Each monitors one curve at every recorded point."""

from __future__ import annotations

import math


class Rule:
    """A stopping rule with separate state for each seed, which `begin` resets."""

    reason = ""
    restore_best_weights = False

    def __init__(self, *, monitor: str, mode: str = "min") -> None:
        self.monitor = monitor
        self.sign = 1.0 if mode == "max" else -1.0

    def begin(self, seeds: int) -> None:
        self.best = [-math.inf] * seeds
        self.waited = [0] * seeds

    def stops(self, seed: int, value: float) -> bool:
        """Record the value and return whether the seed stops."""
        raise NotImplementedError


class Target(Rule):
    """Stop when the monitored curve has reached `value`."""

    reason = "target"

    def __init__(self, *, monitor: str, value: float, mode: str = "min") -> None:
        super().__init__(monitor=monitor, mode=mode)
        self.value = value

    def stops(self, seed: int, value: float) -> bool:
        return self.sign * value >= self.sign * self.value


class Patience(Rule):
    """Stop when the curve has not improved by more than `min_delta` for `patience` consecutive recorded points."""

    def __init__(self, *, monitor: str, min_delta: float = 0.0, patience: int = 10, mode: str = "min") -> None:
        super().__init__(monitor=monitor, mode=mode)
        self.min_delta = min_delta
        self.patience = patience

    def stops(self, seed: int, value: float) -> bool:
        if self.improves(seed, value):
            self.best[seed], self.waited[seed] = self.sign * value, 0
            return False
        self.waited[seed] += 1
        return self.waited[seed] >= self.patience

    def improves(self, seed: int, value: float) -> bool:
        return self.sign * value > self.best[seed] + self.min_delta


class Tolerance(Patience):
    """Stop when the loss no longer changes by more than `min_delta`."""

    reason = "tolerance"


class EarlyStopping(Patience):
    """Stop when the curve no longer improves. The best weights can be restored, however the run ends."""

    reason = "early_stopping"

    def __init__(
        self,
        *,
        monitor: str,
        min_delta: float = 0.0,
        patience: int = 10,
        mode: str = "min",
        restore_best_weights: bool = False,
    ) -> None:
        super().__init__(monitor=monitor, min_delta=min_delta, patience=patience, mode=mode)
        self.restore_best_weights = restore_best_weights


RULES = {rule.__name__: rule for rule in (Target, Tolerance, EarlyStopping)}
