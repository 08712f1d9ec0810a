"""How many small faults in both packages the tests notice: `./run bench mutants --map`, then `./run bench mutants`.

`--map` runs all tests once and writes to var/mutants/ which lines each test file runs. Then 120 mutants drawn by a seed
(bench/mutation/drawing.py has their kinds) are tried in a clone of the last commit: files that run the changed line
first, near and cheap ones before others, until a test fails or their CPU seconds are spent. A mutant is known by what
it changes, so that another tree has the same ones: `--compare` tells what the tests of an earlier commit noticed and
these do not. Interrupted, it goes on where it was; a test that fails in the map's run counts for nothing.

`--circle commit` tries the tests of every commit on SQLite, then `--circle postgresql` those that may differ on the
server of CHAINRULE_TEST_DATABASE_URL (SQLite locks no rows), and `--circle all` every test on SQLite: each tries what
the ones before did not notice. With CHAINRULE_TEST_POSTGRES_URL and CHAINRULE_TEST_REDIS_URL all includes services.
A timeout, of CPU seconds or of a long wait, is a mutant that hangs. mutmut knows neither permissions nor locks and
rewrites every function; Cosmic Ray has one test command for all mutants, and lists every mutant of 115,000 lines first.
"""

# runs in: tests

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from bench.mutation.drawing import PACKAGES, SHARES, Mutant, drawn
from bench.mutation.trying import Covered, Slot

ROOT = Path(__file__).resolve().parents[1]
CIRCLES = {
    "commit": ["-m", "not full and not services"],
    "postgresql": ["-m", "both and not full and not services and not journey"],
    "all": [],
}
"""Each tries what none before it noticed. The first two together are what a change passes before it lands."""
SERVER = "CHAINRULE_TEST_DATABASE_URL"
SOUND = "tests/community/forum/test_lists.py"
OUTCOMES = ("caught", "timeout", "survived")


def main() -> int:
    options = _options()
    if options.map:
        return make_map(options.var / "map")
    if options.circle != "postgresql":
        os.environ.pop(SERVER, None)
    elif SERVER not in os.environ:
        sys.exit(f"{SERVER} names no PostgreSQL.")
    results = json.loads(options.results.read_text()) if options.results.exists() else {}
    mutants = drawn(ROOT, options.seed, options.mutants)
    if waiting := [one for one in mutants if not outcome(results, one, options.circle, options.budget)]:
        find_out(waiting, options, results)
    print(table(mutants, results, options.circle))
    if options.compare:
        print(compared(mutants, results, json.loads(options.compare.read_text()), options.circle))
    return 0


def make_map(folder: Path) -> int:
    """Run all tests with a look at the lines they run."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / "packages").write_text(_packages())
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider"]
    return subprocess.call(
        [*command, "-p", "bench.mutation.covering"], cwd=ROOT, env=os.environ | {"MUTANTS_MAP": str(folder)}
    )


def find_out(mutants: list[Mutant], options: argparse.Namespace, results: dict) -> None:
    """Try mutants, and keep each result at once."""
    if (options.var / "map" / "packages").read_text() != _packages():
        sys.exit("The map shows other code: commit, and make it again with --map.")
    covered = Covered.read(options.var / "map", ROOT)
    slots: SimpleQueue[Slot] = SimpleQueue()
    for number in range(options.slots):
        slot = Slot(options.var / f"slot-{number}", CIRCLES[options.circle], covered)
        slot.make(ROOT)
        if (said := slot.run([SOUND])) != ("survived", ""):
            sys.exit(f"The tests do not run without a mutant: {said[1]}")
        slots.put(slot)
    keeping = threading.Lock()

    def judge(mutant: Mutant) -> None:
        slot = slots.get()
        try:
            found = slot.judge(mutant, options.budget) | {"budget": options.budget}
        finally:
            slots.put(slot)
        with keeping:
            results.setdefault(mutant.key, {"is": told(mutant)})[options.circle] = found
            written = options.results.with_suffix(".part")
            written.write_text(json.dumps(results, indent=1))
            written.replace(options.results)
            print(f"{found['outcome']:9} {found['cpu']:6} {told(mutant)}  {found['by']}", flush=True)

    with ThreadPoolExecutor(options.slots) as pool:
        list(pool.map(judge, mutants))


def outcome(results: dict, mutant: Mutant, circle: str, budget: float = 0.0) -> str:
    """Return what a circle says of a mutant, or a smaller one that noticed it; nothing if it was not asked enough."""
    smaller = list(CIRCLES)[: list(CIRCLES).index(circle) + 1]
    said = [results[mutant.key][name] for name in smaller if name in results.get(mutant.key, {})]
    noticed = [one["outcome"] for one in said if one["outcome"] != "survived"]
    asked = circle in results.get(mutant.key, {}) and said[-1]["budget"] >= budget
    return noticed[0] if noticed else "survived" if asked else ""


def table(mutants: list[Mutant], results: dict, circle: str) -> str:
    tried = [(mutant, said) for mutant in mutants if (said := outcome(results, mutant, circle))]
    counts = Counter((mutant.kind, said) for mutant, said in tried)
    rows = [(kind, *(counts[kind, said] for said in OUTCOMES)) for kind in SHARES]
    rows.append(("all", *(sum(row[place] for row in rows) for place in (1, 2, 3))))
    lines = ["{:12} {:>8} {:>8} {:>8}".format("", *OUTCOMES)]
    lines += ["{:12} {:>8} {:>8} {:>8}".format(*row) for row in rows]
    for mutant, said in tried:
        if said == "survived":
            of = results[mutant.key][circle]
            enough = "all" if of["all reaching"] else "not all"
            lines += ["", told(mutant), f"  {of['tried']} files, {enough} of {of['reaching']} that run the line:"]
            lines += [f"  {' '.join(of['files'][:6])}"]
    return "\n".join(lines)


def compared(mutants: list[Mutant], results: dict, earlier: dict, circle: str) -> str:
    """Say which mutants were noticed earlier and are not now."""
    both = [one for one in mutants if outcome(earlier, one, "all") and outcome(results, one, circle)]
    noticed = [one for one in both if outcome(earlier, one, "all") != "survived"]
    lost = [one for one in noticed if outcome(results, one, circle) == "survived"]
    share = 100 * (1 - len(lost) / max(1, len(noticed)))
    return "\n".join(
        [f"\nOf {len(noticed)} noticed earlier {len(noticed) - len(lost)} are now: {share:.1f} %.", *map(told, lost)]
    )


def told(mutant: Mutant) -> str:
    before, after = (" ".join(text.split())[:90] or "nothing" for text in (mutant.before, mutant.after))
    return f"{mutant.key} {mutant.kind:10} {mutant.file}:{mutant.line}  {before} → {after}"


def _packages() -> str:
    """Return what names the committed text of both packages."""
    names = [f"HEAD:{package}" for package in PACKAGES]
    return subprocess.run(["git", "rev-parse", *names], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--map", action="store_true", help="make the map: all tests run once")
    parser.add_argument("--circle", choices=CIRCLES, default="commit")
    parser.add_argument("--mutants", type=int, default=120)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--budget",
        type=float,
        default=300,
        help="CPU seconds of tests for a mutant; with more, survivors are tried again",
    )
    parser.add_argument("--slots", type=int, default=1, help="how many are tried at a time")
    parser.add_argument("--var", type=Path, default=ROOT / "var" / "mutants", help="where map and clones are")
    parser.add_argument("--results", type=Path, help="default: results.json beside them")
    parser.add_argument("--compare", type=Path, metavar="RESULTS", help="of an earlier commit, circle all")
    options = parser.parse_args()
    options.results = options.results or options.var / "results.json"
    return options


if __name__ == "__main__":
    sys.exit(main())
