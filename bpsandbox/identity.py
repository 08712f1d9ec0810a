"""Which worker is which, and whether one of this machine is certainly dead."""

from __future__ import annotations

import os
import secrets
import socket
from functools import cache
from hashlib import sha256
from pathlib import Path

SEPARATOR = "/"


def own_name() -> str:
    """Return a name that no other process has or had: host, the space its process ids live in, process id, chance."""
    return SEPARATOR.join((socket.gethostname()[:30], pid_space(), str(os.getpid()), secrets.token_hex(3)))


@cache
def pid_space() -> str:
    """Name the space in which process ids mean the same: this start of this machine, this container. Else chance."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return secrets.token_hex(6)
    return sha256(f"{boot} {namespace}".encode()).hexdigest()[:12]


def is_dead(name: str) -> bool:
    """Say whether a worker is gone for certain: it lived here, and no process has its number any more."""
    parts = name.split(SEPARATOR)
    if len(parts) != 4 or parts[1] != pid_space():
        return False
    try:
        os.kill(int(parts[2]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
