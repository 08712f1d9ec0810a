"""Plays every row with the peers that are installed and with us: python -m tests.bpsandbox.oracles.live

Prints how far apart we are, by kind of layer and by optimiser; exits with 1 when a row is farther than the limit.
`--recorded` compares with the files instead, which needs no peer.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable

from . import record
from .replay import LIMIT, Distance, distance
from .rows import TABLES, Row

Measured = list[tuple[Row, Distance]]


def measure(*, recorded: bool) -> Measured:
    """The distance of every row of every table."""
    measured: Measured = []
    for table, rows in TABLES.items():
        content = record.read(table) if recorded else record.record(table)
        measured += [(row, distance(row, content)) for row in rows()]
    return measured


def tables(measured: Measured) -> str:
    """Worst relative differences by kind of layer and by optimiser."""
    by_layer, by_optimizer = defaultdict(list), defaultdict(list)
    for row, apart in measured:
        by_layer[row.layer].append(apart)
        by_optimizer[row.optimizer].append(apart)
    return "\n".join([*_table("layer", by_layer.items()), "", *_table("optimiser", by_optimizer.items())])


def _table(title: str, groups: Iterable[tuple[str, list[Distance]]]) -> list[str]:
    lines = [f"{title:30}{'trajectories':>14}{'losses':>12}{'parameters':>12}"]
    for word, apart in groups:
        losses, parameters = max(one.losses for one in apart), max(one.parameters for one in apart)
        lines.append(f"{word:30}{len(apart):>14}{losses:>12.1e}{parameters:>12.1e}")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--recorded", action="store_true", help="compare with the recorded files")
    measured = measure(recorded=parser.parse_args().recorded)
    failed = [f"{row.name}: {apart}" for row, apart in measured if not apart.worst <= LIMIT]
    verdict = f"{len(measured) - len(failed)} passed, {len(failed)} failed (limit {LIMIT:g}, relative)"
    print("\n".join([tables(measured), "", *failed[:40], verdict]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
