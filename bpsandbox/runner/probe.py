"""An engine that trains nothing, tries what a training must not do, and reports what was refused.

Each attempt is harmless if it is not refused: it reads what everyone may read, and the file to write or the program to
execute does not exist.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import socket
import struct
from collections.abc import Callable, Iterator
from typing import Any, Never

from bpsandbox.runner import seccomp
from bpsandbox.runner.confinement import CAPABILITIES_3

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
    """Return whether an attempt was forbidden; failing because its target does not exist does not count."""
    try:
        attempt()
    except OSError as error:
        return error.errno in (errno.EPERM, errno.EACCES, errno.EAGAIN, errno.ENETUNREACH, errno.EFBIG)
    return False


def connect_out() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as anywhere:
        anywhere.connect(("127.0.0.1", 9))


def write() -> None:
    os.open(NOWHERE, os.O_WRONLY | os.O_CREAT)


def start_process() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def execute() -> None:
    os.execv(NOWHERE, [NOWHERE])


def signal_parent() -> None:
    os.kill(os.getppid(), 0)


def read_file() -> None:
    os.close(os.open(os.__file__, os.O_RDONLY))


def list_folder() -> None:
    os.scandir("/").close()


def gain_privileges() -> None:
    """Check whether this process has capabilities, or could gain some from a setuid program."""
    if not has_capabilities() and takes_filters():
        raise PermissionError(errno.EPERM, "")


def has_capabilities() -> bool:
    header, found = struct.pack("Ii", CAPABILITIES_3, 0), ctypes.create_string_buffer(24)
    return ctypes.CDLL(None).capget(header, found) != 0 or any(found.raw)


def takes_filters() -> bool:
    """Check for no_new_privs: without capabilities, only a process with it may install a filter on system calls."""
    try:
        seccomp.install([[(seccomp.RETURN, 0, 0, seccomp.ALLOW)]])
    except seccomp.NotConfined:
        return False
    return True


def exceed_limits() -> None:
    """Count as refused if every hard limit is set, because it cannot be raised again."""
    import resource

    for name in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        if resource.getrlimit(name)[1] == resource.RLIM_INFINITY:
            return
    raise PermissionError(errno.EPERM, "")


ATTEMPTS: dict[str, Callable[[], Any]] = {
    "network": connect_out,
    "files": write,
    "reading": read_file,
    "folders": list_folder,
    "processes": start_process,
    "programs": execute,
    "signals": signal_parent,
    "privileges": gain_privileges,
    "limits": exceed_limits,
}
