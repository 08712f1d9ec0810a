"""Prepare a confusion matrix, with the share of every prediction among the examples of its class."""

from __future__ import annotations

from dataclasses import dataclass

from bpsandbox.document import ConfusionMatrix

LEVELS = 10


@dataclass(frozen=True)
class Cell:
    """The number of examples of a class with this prediction; `kind` is hit, miss or none, `level` 0 … 9 by share."""

    count: int
    share: float
    kind: str

    @property
    def level(self) -> int:
        return min(LEVELS - 1, int(self.share * LEVELS))

    @property
    def percent(self) -> str:
        return f"{100 * self.share:.0f}" if self.count else "0"


@dataclass(frozen=True)
class ConfusionRow:
    """The examples of one class."""

    label: str
    cells: tuple[Cell, ...]
    total: int
    right: Cell


@dataclass(frozen=True)
class Confusion:
    labels: tuple[str, ...]
    rows: tuple[ConfusionRow, ...]
    part: str
    seed: int
    right: int
    total: int

    @property
    def percent(self) -> str:
        return f"{100 * self.right / self.total:.1f}" if self.total else "–"


def confusion(record: ConfusionMatrix | None) -> Confusion | None:
    if record is None or not record.labels:
        return None
    rows = tuple(_row(place, *pair) for place, pair in enumerate(zip(record.labels, record.counts, strict=True)))
    right = sum(row.right.count for row in rows)
    return Confusion(record.labels, rows, record.split, record.seed, right, sum(row.total for row in rows))


def _row(place: int, label: str, counts: tuple[int, ...]) -> ConfusionRow:
    total = sum(counts)
    kinds = ["hit" if i == place else "miss" if count else "none" for i, count in enumerate(counts)]
    cells = [Cell(count, count / total if total else 0.0, kind) for count, kind in zip(counts, kinds, strict=True)]
    return ConfusionRow(label, tuple(cells), total, cells[place])
