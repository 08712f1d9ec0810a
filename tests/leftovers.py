"""What a test process has made outside of itself goes when the process does, even if that is killed.

    left = leftovers.note("group", process.pid)    # or "database" and its URL, or "folder" and its path
    leftovers.forget(left)

A program that outlives the test process is told of all of it, and ends, drops and deletes what was not forgotten.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from urllib.parse import urlsplit, urlunsplit

type Leftover = tuple[str, str | int]
GRACE_SECONDS = 10


def note(kind: str, name: str | int) -> Leftover:
    """Have it ended, dropped or deleted after this process, later ones first."""
    _tell("+", kind, name)
    return kind, name


def forget(left: Leftover) -> None:
    _tell("-", *left)


def _tell(sign: str, kind: str, name: str | int) -> None:
    watcher = _watcher(os.getpid())
    assert watcher.stdin is not None
    watcher.stdin.write(json.dumps([sign, kind, name]) + "\n")
    watcher.stdin.flush()


@cache
def _watcher(_pid: int) -> subprocess.Popen:
    """Start the program once for each process; a signal to the processes of a terminal does not reach it."""
    return subprocess.Popen(
        [sys.executable, "-I", __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def main() -> None:
    """Read what is made and what is gone until nobody writes any more, and do away with the rest."""
    left: dict[Leftover, None] = {}
    for line in sys.stdin:
        sign, kind, name = json.loads(line)
        if sign == "+":
            left[kind, name] = None
        else:
            left.pop((kind, name), None)
    for kind, name in reversed(left):
        with suppress(Exception):
            ENDS[kind](name)


def end_group(leader: int) -> None:
    """End a process group as one ends a site, and what stays after some seconds by force."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGTERM)
        ends_at = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < ends_at:
            os.killpg(leader, 0)
            time.sleep(0.05)
        os.killpg(leader, signal.SIGKILL)


def drop_database(url: str) -> None:
    import psycopg

    parts = urlsplit(url)
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres", query="")), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{parts.path.lstrip("/")}" WITH (FORCE)')


ENDS: dict[str, Callable] = {"group": end_group, "database": drop_database, "folder": shutil.rmtree}

if __name__ == "__main__":
    main()
