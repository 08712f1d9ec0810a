"""Microseconds per training step: this engine beside others, in one process, on one thread.

./run bench core            every workload with a target, and a breakdown of a step's time
./run bench core --json     [{"work", "ours_us", "peer", "peer_us", "ratio", "bar", "met"}, …] and nothing else
./run bench core --all      more layers, numbers of seeds, single precision, and a compiler's limit

A step is forward, loss, backward and update by plain SGD, with batches shuffled every epoch. Rounds of all contenders
are interleaved and the median round counts, in CPU seconds. Peers that are not installed are skipped.
"""

from __future__ import annotations

import argparse
import json
import sys

from bench.engine import anatomy
from bench.engine.rows import measure, table
from bench.engine.works import BARRED, MORE


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench core", description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print the rows that have a bar as JSON, nothing else")
    parser.add_argument("--all", action="store_true", help="works without a bar too")
    parser.add_argument("--rounds", type=int, default=7, help="timed rounds of every contender (default 7)")
    parser.add_argument("--only", default="", help="works whose name holds this text")
    arguments = parser.parse_args()
    works = [work for work in (*BARRED, *(MORE if arguments.all else ())) if arguments.only in work.name]
    rows = [row for work in works for row in measure(work, arguments.rounds)]
    if arguments.json:
        sys.stdout.write(json.dumps([row for row in rows if row["bar"] is not None]) + "\n")
        return
    sys.stdout.write("\n".join([anatomy.peak(), "", table(rows), "", anatomy.step(), ""]))


if __name__ == "__main__":
    main()
