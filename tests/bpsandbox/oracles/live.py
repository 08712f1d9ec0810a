"""Run every row with the installed peers and with our engine: python -m tests.bpsandbox.oracles.live

Prints the differences by kind of layer, by optimiser and by loss; exits with 1 beyond the limit. `--recorded` compares
with the files instead, which needs no peer.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable

from . import record
from .gradients import Gradients, pytorchs_of, rows
from .replay import LIMIT, Apart, Distance, distance, gradients_apart, with_start, worked
from .rows import TABLES, Row

Measured = list[tuple[Row, Distance]]


def measure(*, recorded: bool) -> Measured:
    """Return the distance of every row of every table."""
    measured: Measured = []
    for table, of_table in TABLES.items():
        content = record.read(table) if recorded else record.record(table)
        measured += [(row, distance(row, content)) for row in of_table()]
    return measured


def tables(measured: Measured) -> str:
    """Return the worst relative differences by kind of layer and by optimiser."""
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


def measure_gradients(*, recorded: bool) -> list[Apart]:
    """Return the distance of every row's first gradients."""
    starts = record.read("layers")["starts"]
    kept = record.read("gradients")["gradients"] if recorded else {}

    def theirs(row: Row) -> Gradients:
        return kept[row.name]["gradient"] if recorded else pytorchs_of(row)

    return [gradients_apart(row, worked(with_start(row.config, starts[row.start])), theirs(row)) for row in rows()]


def gradient_tables(measured: list[Apart]) -> str:
    """Return the worst relative differences of the first gradients, by kind of layer and by loss."""
    by_layer, by_loss = defaultdict(list), defaultdict(list)
    for one in measured:
        by_layer[one.row.layer].append(one)
        by_loss[one.row.config["loss"]["type"]].append(one)
    lines = []
    for title, groups in (("layer", by_layer), ("loss", by_loss)):
        lines += ["", f"{title:30}{'tensors':>14}{'gradients':>12}"]
        for word, several in groups.items():
            count = sum(len(one.tensors) for one in several)
            lines.append(f"{word:30}{count:>14}{max(one.worst for one in several):>12.1e}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--recorded", action="store_true", help="compare with the recorded files")
    recorded = parser.parse_args().recorded
    measured, gradients = measure(recorded=recorded), measure_gradients(recorded=recorded)
    failed = [f"{row.name}: {apart}" for row, apart in measured if not apart.worst <= LIMIT]
    failed += [f"{one.row.name}: {one.tensors}" for one in gradients if not one.worst <= LIMIT]
    verdict = f"{len(measured) + len(gradients) - len(failed)} passed, {len(failed)} failed (limit {LIMIT:g}, relative)"
    print("\n".join([tables(measured), gradient_tables(gradients), "", *failed[:40], verdict]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
