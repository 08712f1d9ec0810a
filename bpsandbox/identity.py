"""Name workers uniquely, and detect dead ones on this machine."""

from __future__ import annotations

import os
import secrets
import socket
from functools import cache
from hashlib import sha256
from pathlib import Path

SEPARATOR = "/"


def worker_name() -> str:
    """Return a unique name: host, process-id namespace, process id and a random part."""
    return SEPARATOR.join((socket.gethostname()[:30], pid_namespace(), str(os.getpid()), secrets.token_hex(3)))


@cache
def pid_namespace() -> str:
    """Return an id of the process-id namespace (boot and container); a random one if it is unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return secrets.token_hex(6)
    return sha256(f"{boot} {namespace}".encode()).hexdigest()[:12]


def is_dead(name: str) -> bool:
    """Return whether a worker is certainly dead: it ran in this namespace, and no process has its id."""
    parts = name.split(SEPARATOR)
    if len(parts) != 4 or parts[1] != pid_namespace():
        return False
    try:
        os.kill(int(parts[2]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
