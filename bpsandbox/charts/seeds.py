"""List the seeds of a run: final values and reasons."""

from __future__ import annotations

from dataclasses import dataclass

from bpsandbox.document import Document
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


def seed_table(document: Document, name: str = "train_loss") -> SeedTable:
    """List the seeds of a finished run in their order."""
    main, final, numbers = series(document, name), document.final, document.settings
    stuck = frozenset() if document.members else main.stuck
    unknown = (None,) * len(document.seeds)
    bests, epochs = document.best.get(name, unknown), document.best_epoch.get(name, unknown)
    rows = []
    for i, (seed, stop, best, best_epoch) in enumerate(zip(document.seeds, document.stop, bests, epochs, strict=True)):
        fate = "stuck" if i in stuck else "diverged" if i in main.diverged else ""
        rows.append(SeedRow(
            seed, fate, tuple(short(final[key][i], 4) for key in final), short(best, 4),
            grouped(best_epoch) if best_epoch is not None else "–", grouped(stop.epoch),
            stop.reason, numbers.get(i),
        ))  # fmt: skip
    return SeedTable(tuple(final), tuple(rows))
