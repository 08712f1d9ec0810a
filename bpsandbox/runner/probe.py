"""An engine that trains nothing: it tries what a training must not do, and tells what was refused.

Each attempt is harmless where it is not refused: it names a place or a program that is not there.
"""

from __future__ import annotations

import errno
import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Never

NOWHERE = "/nowhere/at/all"


class Findings(Exception):
    """What was refused, as JSON."""


def version() -> str:
    return "probe"


def refusals() -> tuple[type[Exception], ...]:
    return (Findings,)


def warm() -> None:
    pass


def reports(spec: str, **options: Any) -> Iterator[Never]:
    yield from ()
    raise Findings(json.dumps({name: is_refused(attempt) for name, attempt in ATTEMPTS.items()}))


def is_refused(attempt: Callable[[], Any]) -> bool:
    """Say whether an attempt was forbidden; one that fails because there is nothing there was not."""
    try:
        attempt()
    except OSError as error:
        return error.errno in (errno.EPERM, errno.EACCES, errno.EAGAIN, errno.ENETUNREACH, errno.EFBIG)
    return False


def reach_out() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as anywhere:
        anywhere.connect(("127.0.0.1", 9))


def write() -> None:
    os.open(NOWHERE, os.O_WRONLY | os.O_CREAT)


def multiply() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def execute() -> None:
    os.execv(NOWHERE, [NOWHERE])


def signal_parent() -> None:
    os.kill(os.getppid(), 0)


def gain_privileges() -> None:
    """Setuid programs are told from this flag to give nothing."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    facts = dict(line.split(":\t", 1) for line in status.splitlines())
    if facts["NoNewPrivs"] == "1" and int(facts["CapEff"], 16) == 0:
        raise PermissionError(errno.EPERM, "")


def exceed_limits() -> None:
    """Ask for more than was set; asking for one that was never set raises nothing."""
    import resource

    for name in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        if resource.getrlimit(name)[1] == resource.RLIM_INFINITY:
            return
    raise PermissionError(errno.EPERM, "")


ATTEMPTS: dict[str, Callable[[], Any]] = {
    "network": reach_out,
    "files": write,
    "processes": multiply,
    "programs": execute,
    "signals": signal_parent,
    "privileges": gain_privileges,
    "limits": exceed_limits,
}
