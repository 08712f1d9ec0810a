"""Walls around a training on Linux: no network, no writing, no other processes, no privileges.

Each wall is put up where the machine lets us, and says nothing where it does not: `walls` tells which hold, by trying
what they forbid. The limits of `limits.restrain` hold everywhere that has them.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from contextlib import suppress

from bpsandbox.runner import seccomp

PR_SET_NO_NEW_PRIVS = 38
CAPABILITIES_3 = 0x20080522


def seclude() -> None:
    """Move to a user, a network and a message queue space of one's own, in which there is nothing."""
    with suppress(AttributeError, OSError):
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET | os.CLONE_NEWIPC)  # type: ignore[attr-defined]


def confine() -> None:
    """Give up every privilege and all system calls that a training does not need, for good."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.capset(struct.pack("Ii", CAPABILITIES_3, 0), bytes(24))
    with suppress(seccomp.NotConfined):
        seccomp.refuse()
