"""The parameters of the first seeds at a few epochs; small networks only. Every run has this record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpsandbox.core.train.experiment import Observed, Observer
from bpsandbox.core.types import Array

MOST_NUMBERS = 24_000
"""Most numbers in the snapshots of a run with many seeds."""
MOST_OF_FEW, FEW = 60_000, 4
"""Most numbers in those of a larger network, which has room for a few seeds at LEAST epochs, or one at FEWEST."""
MOST_FOLLOWED = 6_000
"""Most numbers of the states that are told while a run trains; more only if those of one seed are more."""
FEWEST, LEAST, MOST = 2, 6, 24
"""Fewest epochs of a large network and of others, and most, besides the end."""
LARGEST = MOST_OF_FEW // (FEWEST + 1)
"""Most numbers of a network whose states are recorded."""
State = tuple[int, list[list[float] | None]]
"""An epoch, and the numbers of each seed after it; None for one that had stopped."""
STEPS = (1, 1.5, 2, 3, 5, 7)
"""Epochs within a decade: they are nearly evenly spaced on a log axis."""


def room(values: int, seeds: int) -> tuple[int, int]:
    """Return how many seeds fit, the first ones, and how many epochs; no seed if the network is too large."""
    if not values or not seeds:
        return 0, 0
    each = values * (LEAST + 1)
    fit, most = min(seeds, MOST_NUMBERS // each), MOST_NUMBERS
    if FEW * each > MOST_NUMBERS:
        fit, most = min(seeds, FEW, MOST_OF_FEW // each) or int(values <= LARGEST), MOST_OF_FEW
    return fit, min(MOST, most // (values * fit) - 1) if fit else 0


def followed(values: int, seeds: int, epochs: int) -> int:
    """Return how many of the recorded seeds are told while they train: one at least, unless it is too large."""
    if values > MOST_FOLLOWED:
        return 0
    return min(seeds, max(1, MOST_FOLLOWED // (values * (epochs + 1)))) if seeds else 0


def schedule(last: int, most: int, wanted: Iterable[int] = ()) -> list[int]:
    """Return at most `most` epochs before `last`: 0, those wanted, and others by decades."""
    musts = {0, *wanted}
    decades = {int(step * 10**power) for power in range(len(str(last))) for step in STEPS}
    chosen = evenly(sorted(epoch for epoch in musts if epoch < last), most)
    others = sorted(epoch for epoch in decades - set(chosen) if epoch < last)
    return sorted([*chosen, *evenly(others, most - len(chosen))])


def evenly(values: Sequence[int], most: int) -> list[int]:
    """Return at most `most` of the values, evenly spaced, with the first and the last."""
    if len(values) <= most:
        return list(values)
    if most < 2:
        return list(values[:most])
    return [values[round(i * (len(values) - 1) / (most - 1))] for i in range(most)]


@dataclass
class Snapshots(Observer):
    """Parameters and buffers, to six digits, at the start of each epoch and at the end of the run."""

    wanted: tuple[int, ...] = ()
    """Epochs that the config asks for."""

    name = "snapshots"

    def begin(self, run: Observed) -> None:
        network = run.experiment.network
        self.slots = (*network.slots, *network.buffers)
        self.seeds, most = room(run.stack.network.values.shape[1], len(run.experiment.seeds))
        last = run.total_steps // run.steps_per_epoch
        self.left = schedule(last, most, self.wanted) if self.seeds else []
        self.followed = followed(run.stack.network.values.shape[1], self.seeds, len(self.left))
        self.names = run.experiment.seeds[: self.seeds]
        self.epochs: list[int] = []
        self.values: list[list[Array | None]] = []
        self.final: Array = np.empty((0, 0))
        self._wait(run)

    def before_step(self, run: Observed) -> None:
        self.epochs.append(self.left.pop(0))
        rows = [run.row(seed) for seed in range(self.seeds)]
        self.values.append([None if row is None else run.stack.network.values[row].copy() for row in rows])
        self._wait(run)

    def at_end(self, run: Observed) -> None:
        self.final = run.endings.values[: self.seeds]

    def states(self, run: Observed, after: int) -> list[State]:
        """Return the states of the first seeds since the epoch `after`: the recorded ones, and the present one last.

        The present one only between two epochs, so that an epoch says exactly which state it is.
        """
        if not self.followed:
            return []
        known = zip(self.epochs, self.values, strict=True)
        found = [(epoch, rows[: self.followed]) for epoch, rows in known if epoch > after]
        last = max(after, self.epochs[-1] if self.epochs else -1)
        if run.epoch > last and run.step % run.steps_per_epoch == 0:
            rows = [run.row(seed) for seed in range(self.followed)]
            found.append((run.epoch, [None if row is None else run.stack.network.values[row] for row in rows]))
        rounded = iter(six_digits(np.array([one for _epoch, rows in found for one in rows if one is not None])))
        return [(epoch, [None if one is None else next(rounded) for one in rows]) for epoch, rows in found]

    def _wait(self, run: Observed) -> None:
        self.next_step = self.left[0] * run.steps_per_epoch if self.left else None

    def document(self) -> dict[str, Any] | None:
        if not self.seeds:
            return None
        return {
            "seeds": list(self.names),
            "tensors": [{"name": slot.name, "shape": list(slot.shape)} for slot in self.slots],
            "epochs": self.epochs,
            "values": [[None if one is None else six_digits(one) for one in row] for row in self.values],
            "final": [six_digits(one) for one in self.final],
        }


def six_digits(values: Array) -> list[Any]:
    """Round to six significant digits; many at once take little longer than a few."""
    values = values.astype(np.float64)
    with np.errstate(all="ignore"):
        powers = np.floor(np.log10(np.abs(values)))
        scales = 10.0 ** np.clip(5.0 - powers, -300, 300)
        rounded = np.where(values == 0.0, 0.0, np.round(values * scales) / scales)
    return rounded.tolist()
