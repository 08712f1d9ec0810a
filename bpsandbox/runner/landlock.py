"""Landlock: give up all access to files, whatever the user may read.

A ruleset lists the kinds of access that it governs, and exceptions. This one lists every kind that the kernel knows and
no exception, so nothing can be opened any more; open files stay open. Documentation:
docs.kernel.org/userspace-api/landlock.html; layout: struct landlock_ruleset_attr in linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

CREATE_RULESET, RESTRICT_SELF = 444, 446
"""System calls since Linux 5.13, with the same numbers on all machines."""
ASK_VERSION = 1
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""The number of kinds of file access, by the version of the interface that introduced them."""
NETWORK_RIGHTS = {4: 2}
"""To bind and to connect TCP sockets."""
SCOPES = {6: 2}
"""Abstract UNIX sockets and signals, to processes outside."""


class NotAvailable(Exception):
    """This kernel has no Landlock, or it is disabled."""


def version() -> int:
    """Return the version of the kernel's interface, or 0."""
    return max(0, _call(CREATE_RULESET, None, 0, ASK_VERSION)) if sys.platform == "linux" else 0


def refuse_files() -> None:
    """Irrevocably give up all access to files. Requires no_new_privs. Raises NotAvailable."""
    known = version()
    if not known:
        raise NotAvailable("no Landlock in this kernel")
    attributes = ruleset(known)
    descriptor = _call(CREATE_RULESET, attributes, len(attributes), 0)
    if descriptor < 0:
        raise NotAvailable(os.strerror(ctypes.get_errno()))
    try:
        if _call(RESTRICT_SELF, descriptor, 0):
            raise NotAvailable(os.strerror(ctypes.get_errno()))
    finally:
        os.close(descriptor)


def ruleset(known: int) -> bytes:
    """Return a ruleset with every right of a version of the interface; its length tells the kernel the version."""
    fields = [_all(FILE_RIGHTS, known), _all(NETWORK_RIGHTS, known), _all(SCOPES, known)]
    while not fields[-1]:
        fields.pop()
    return struct.pack(f"{len(fields)}Q", *fields)


def _all(since: dict[int, int], known: int) -> int:
    count = max((bits for first, bits in since.items() if first <= known), default=0)
    return (1 << count) - 1


def _call(number: int, *arguments: int | bytes | None) -> int:
    """Make a system call of up to four arguments, each passed as a whole register."""
    passed = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *passed)
