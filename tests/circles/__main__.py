"""Command line of `./run test`."""

import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from tests.circles import progress, record
from tests.circles.choice import Choice, changed_since, choose
from tests.circles.circles import commit_stage, everything, newcomers
from tests.circles.parts import Result, Runner, say, table
from tests.circles.services import find, what_is_missing

HELP = """\
./run test                    all behaviour of the product once: SQLite, one browser; needs no other service
./run test FILE|FOLDER …      what is named, whole; a single file in one process
./run test [PYTEST ARGS]      other arguments are pytest's, such as -k WORD, -x, --lf, -n 0
./run test --commit           what .ci/run runs: lint, ./run test, what may differ on PostgreSQL and Redis, and a
                              journey of each deployment; without what the change since the last green --all cannot
                              reach (CHAINRULE_TEST_EVERYTHING=1: all of it)
./run test --all [--resume]   everything, both databases; --resume goes on after an interruption with the parts that
                              have not passed on this tree

Services: CHAINRULE_TEST_POSTGRES_URL and CHAINRULE_TEST_REDIS_URL, else those that answer on 127.0.0.1;
CHAINRULE_TEST_CHROMIUM names a browser. With CI=true what is missing is a failure. More: docs/tests.md.
"""


def main(arguments: list[str]) -> int:
    """Return the exit status: 0 green, 1 red or rejected, 2 usage error, 130 interrupted."""
    if arguments in (["--help"], ["-h"]):
        print(HELP, end="")
        return 0
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each process of each site would compile everything
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background begins with it ignored
    circle = arguments[0] if arguments else ""
    if circle not in ("--commit", "--all"):
        command = newcomers(arguments)
        os.execv(command[0], command)
    if unknown := [word for word in arguments[1:] if (circle, word) != ("--all", "--resume")]:
        print(f"chainrule: ./run test {circle} takes no {unknown[0]}; see ./run test --help.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return _commit() if circle == "--commit" else _all(resumes="--resume" in arguments)


def _commit() -> int:
    services = find()
    if missing := what_is_missing(services):
        print(f"chainrule: {missing} Without them: ./run test.", file=sys.stderr)
        return 1
    choice = _choice()
    say(f"Tests: {choice.left}")
    for folder, count in sorted(Counter(str(Path(path).parent) for path in choice.left_out).items()):
        print(f"left out in {folder}: {count}", flush=True)
    began = time.monotonic()
    results = Runner().run(commit_stage(choice, services))
    return _told("commit", results, began)


def _choice() -> Choice:
    last = record.last_green(record.read())
    if os.environ.get("CHAINRULE_TEST_EVERYTHING") == "1" or last is None:
        return choose(None)
    return choose(changed_since(last))


def _all(*, resumes: bool) -> int:
    services = find()
    missing = what_is_missing(services)
    parts = everything(services, missing)
    passed = progress.passed() if resumes else []
    left = [part for part in parts if part.name not in {each.name for each in passed}]
    began = time.monotonic() - 60 * sum(each.minutes for each in passed)
    results = [*passed, *Runner(progress.keeper(passed)).run(left)]
    return _told("all", results, began)


def _told(circle: str, results: list[Result], began: float) -> int:
    """Print the minutes by part, note the run in docs/tests.md and return the status."""
    minutes = (time.monotonic() - began) / 60
    starved = tuple(name for each in results for name in each.starved)
    is_green = all(each.is_green for each in results)
    is_whole = not any(each.note for each in results)
    row = record.note(circle, is_green=is_green and is_whole, minutes=round(minutes), starved=starved)
    twice = record.seen_twice(record.read())
    say(f"{'Green' if is_green else 'Red'} after {minutes:.1f} minutes")
    print(table(results), "", "The row of docs/tests.md, to be committed:", row, sep="\n", flush=True)
    for name in twice:
        print(f"Passed only alone in two of the last runs, and wants mending: {name}")
    return 1 if not is_green or (circle == "all" and twice) else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("\nchainrule: stopped; ./run test --all --resume goes on with what has not passed.", file=sys.stderr)
        sys.exit(130)
