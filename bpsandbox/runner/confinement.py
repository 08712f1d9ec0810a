"""Confinement of a training on Linux: no network, no files, no other processes, no privileges.

Each mechanism is applied if the machine allows it, and skipped silently otherwise: `walls` tests which of them are
effective. The limits of `limits.apply_limits` are set wherever the system has them.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from contextlib import suppress

from bpsandbox.runner import landlock, seccomp

PR_SET_NO_NEW_PRIVS = 38
CAPABILITIES_3 = 0x20080522


def enter_namespaces() -> None:
    """Move this process to empty user, network and IPC namespaces."""
    with suppress(AttributeError, OSError):
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET | os.CLONE_NEWIPC)  # type: ignore[attr-defined]


def confine() -> None:
    """Irrevocably give up all privileges, files and system calls that a training does not need."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    with suppress(landlock.NotAvailable):
        landlock.refuse_files()
    libc.capset(struct.pack("Ii", CAPABILITIES_3, 0), bytes(24))
    with suppress(seccomp.NotConfined):
        seccomp.refuse()
