"""Store the recorded points of a run: every number of every seed, exactly as measured."""

from __future__ import annotations

from typing import NamedTuple

from bpsandbox.core.types import Array
from bpsandbox.document import LARGEST


class Point(NamedTuple):
    """One recorded point: whole epochs and steps done before it, and each curve's values, one a seed."""

    epoch: int
    step: int
    values: dict[str, list[float | None]]


HIGHER_IS_BETTER = ("accuracy", "precision", "recall", "f1", "roc_auc", "r2")


def is_higher_better(name: str) -> bool:
    return name.endswith(HIGHER_IS_BETTER)


class Curves:
    """The points in order. A seed has None at points after it stopped."""

    def __init__(self, seeds: int) -> None:
        self.seeds = seeds
        self.points: list[Point] = []

    def add(self, epoch: int, step: int, alive: Array, values: dict[str, Array]) -> Point:
        """Add a point with the values of the seeds `alive`."""
        point = Point(epoch, step, {name: self._for_all_seeds(alive, row) for name, row in values.items()})
        self.points.append(point)
        return point

    def _for_all_seeds(self, alive: Array, row: Array) -> list[float | None]:
        full: list[float | None] = [None] * self.seeds
        for seed, value in zip(alive, row, strict=True):
            full[seed] = finite(value)
        return full

    @property
    def names(self) -> list[str]:
        return list(self.points[0].values) if self.points else []

    def series(self, name: str) -> list[list[float | None]]:
        return [values[name] for _, _, values in self.points]

    def best(self, name: str) -> tuple[list[float | None], list[int | None]]:
        """Return the best value of every seed and the epoch where it first occurred."""
        choose = max if is_higher_better(name) else min
        bests = [choose(self._seen(name, seed), default=None, key=lambda pair: pair[0]) for seed in range(self.seeds)]
        return [None if best is None else best[0] for best in bests], [
            None if best is None else best[1] for best in bests
        ]

    def last_finite(self, seed: int) -> tuple[dict[str, float] | None, int | None]:
        """Return the seed's values at the last point with a finite loss, and the point's epoch."""
        for epoch, _, row in reversed(self.points):
            if row["train_loss"][seed] is not None:
                values = {name: value for name, known in row.items() if (value := known[seed]) is not None}
                return values, epoch
        return None, None

    def _seen(self, name: str, seed: int) -> list[tuple[float, int]]:
        """Return the recorded values of a seed with their epochs."""
        return [(value, epoch) for epoch, _, row in self.points if (value := row[name][seed]) is not None]


def finite(value: float) -> float | None:
    """Return a number as stored in the document: None if it is not finite, or too large for some readers."""
    value = float(value)
    return value if abs(value) < LARGEST else None


def rounded(value: float) -> float | None:
    """Round to six digits; None for a number that is not finite."""
    number = finite(value)
    return None if number is None else float(f"{number:.6g}")
