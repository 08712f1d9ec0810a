"""One row a seed: how it ended and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bpsandbox.numbers import grouped, short

from .series import series


@dataclass(frozen=True)
class SeedRow:
    """`cells` are the final values of `SeedTable.names`, in words; `fate` is "", stuck or diverged."""

    seed: int
    fate: str
    cells: tuple[str, ...]
    best: str
    best_epoch: str
    epoch: str
    reason: str
    setting: int | None = None


@dataclass(frozen=True)
class SeedTable:
    names: tuple[str, ...]
    rows: tuple[SeedRow, ...]


def seed_table(document: dict[str, Any], name: str = "train_loss") -> SeedTable:
    """List the seeds of a finished run in their order."""
    main, final = series(document, name), document.get("final", {})
    stuck = frozenset() if document.get("members") else main.stuck
    numbers = {row: number for number, member in enumerate(document.get("members") or (), 1) for row in member["rows"]}
    names = tuple(key for key in final if len(final[key]) == len(document["seeds"]))
    rows = []
    for i, seed in enumerate(document["seeds"]):
        stop = document["stop"][i]
        fate = "stuck" if i in stuck else "diverged" if i in main.diverged else ""
        best, best_epoch = (document.get(key, {}).get(name, [None] * (i + 1))[i] for key in ("best", "best_epoch"))
        rows.append(SeedRow(
            seed, fate, tuple(short(final[key][i], 4) for key in names), short(best, 4),
            grouped(best_epoch) if best_epoch is not None else "–", grouped(stop.get("epoch", 0)),
            stop.get("reason", ""), numbers.get(i),
        ))  # fmt: skip
    return SeedTable(names, tuple(rows))
