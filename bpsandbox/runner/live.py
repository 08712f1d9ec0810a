"""The progress of a run in training: its points and states as they arrive, thinned to a bounded number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bpsandbox.runner.protocol import Message

MOST_POINTS = 240
MOST_NUMBERS = 6000
FEWEST_POINTS = 40
MOST_STATES, MOST_STATE_NUMBERS = 32, 6_000


class Live:
    """Collects progress messages into one snapshot of bounded size."""

    def __init__(self) -> None:
        self.points: list[list[Any]] = []
        self.states: list[list[Any]] = []
        self.epoch: float = 0
        self.epochs: float = 0
        self.eta: float | None = None

    def add(self, message: Message) -> None:
        self.epoch, self.epochs, self.eta = message["epoch"], message["epochs"], message["eta"]
        for epoch, step, values in message["points"]:
            self.points.append([epoch, step, {name: rounded(row) for name, row in values.items()}])
        while self.points and len(self.points) > self.room:
            self.points = halved(self.points)
        self.states += [
            state for state in message.get("states", ()) if not self.states or state[0] > self.states[-1][0]
        ]
        while len(self.states) > 2 and len(self.states) > self.room_of_states:
            self.states = halved(self.states)

    @property
    def room(self) -> int:
        """Return how many points fit; fewer with many seeds."""
        numbers = sum(map(len, self.points[-1][2].values())) or 1
        return max(FEWEST_POINTS, min(MOST_POINTS, MOST_NUMBERS // numbers))

    @property
    def room_of_states(self) -> int:
        """Return how many states of the network fit."""
        numbers = max(sum(len(row or ()) for row in rows) for _epoch, rows in self.states)
        return min(MOST_STATES, MOST_STATE_NUMBERS // (numbers or 1))

    def snapshot(self, *, attempt: int = 1) -> dict[str, Any]:
        """Return the progress as rows and pages store it. A new attempt begins with no points."""
        return {
            "type": "progress",
            "points": self.points,
            "states": self.states,
            "epoch": self.epoch,
            "epochs": self.epochs,
            "eta": self.eta,
            "attempt": attempt,
        }


def halved(points: list[list[Any]]) -> list[list[Any]]:
    """Keep every second point, the first and the last among them."""
    kept = points[::2]
    return kept if len(points) % 2 else [*kept, points[-1]]


def rounded(values: Sequence[Any], digits: int = 6) -> list[Any]:
    return [value if value is None else float(f"{value:.{digits}g}") for value in values]
