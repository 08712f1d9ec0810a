"""Command line parsing of `./run`."""

import sys

from community.launch import commands
from community.launch.serve import serve, supervise
from community.launch.stop import Stop

HELP = """\
./run                 start the site: make what is missing, then serve until Ctrl-C
./run test [ARGS]     run the tests (./run test --help); other ARGS go to pytest
./run lint            check style, types, imports and migrations
./run manage CMD      run a Django command (./run manage help lists them)
./run shots           photograph every page type into var/shots/
./run bench NAME      run one benchmark
./run --help          show this

Variables: HOST (default 127.0.0.1) and PORT (8000) say where the site listens, CHAINRULE_VAR (var/) where all state
is, CHAINRULE_PYTHON which Python to use, CHAINRULE_VENV an environment to use instead of making one, BENCH_PYTHON
which Python the benchmarks get. docs/operating.md has the rest.
"""


def main(arguments: list[str]) -> int:
    """Return the exit status: 0 done, 1 rejected or failed, 2 usage error."""
    try:
        return _dispatch(arguments)
    except Stop as stop:
        print(f"chainrule: {stop}", file=sys.stderr)
        return stop.status
    except KeyboardInterrupt:
        return 130


def _dispatch(arguments: list[str]) -> int:
    command, rest = (arguments[0], arguments[1:]) if arguments else ("serve", [])
    if command in {"-h", "--help", "help"}:
        print(HELP, end="")
        return 0
    if command in {"serve", "supervise"} and rest:
        raise Stop(f"./run takes no argument {rest[0]!r}; see ./run --help.", 2)
    by_name = {
        "test": commands.test,
        "lint": commands.lint,
        "manage": commands.manage,
        "shots": commands.shots,
        "bench": commands.bench,
        "serve": lambda _rest: serve(),
        "supervise": lambda _rest: supervise(),
    }
    if command not in by_name:
        raise Stop(f"./run knows no {command!r}; see ./run --help.", 2)
    return by_name[command](rest)
