"""File locks that the kernel releases when their process dies."""

import fcntl
import os
from pathlib import Path

from community.launch.stop import Stop, writing_to


def lock(path: Path, *, wait: bool = False) -> int:
    """Return the descriptor of the lock, released when its last copy is closed.

    Raises Stop, naming the owning process, if it is taken and `wait` is false.
    """
    with writing_to(path.parent):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError as error:
        holder = os.read(descriptor, 64).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise Stop(
            f"Chainrule is already running on {path.parent}{f' as process {holder}' if holder else ''}; "
            "stop it first, or set CHAINRULE_VAR to another folder."
        ) from error
    return descriptor


def write_pid(descriptor: int) -> None:
    """Write our process id to the lock file."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
