"""Child processes that always end with the supervisor, with all their descendants."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

AUTOGROUP_TRIES = 5
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def become_subreaper() -> None:
    """Become the parent of orphaned grandchildren, so that `descendants` still finds them."""
    if _libc is not None:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def beginning(parent: int, niceness: int = 0) -> Callable[[], None]:
    """Return the `preexec_fn` that makes a child die with its supervisor, even if that is killed, and be nice."""

    def between_fork_and_exec() -> None:
        if niceness:
            be_nice(niceness)
        if _libc is None:
            return
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the call
            os._exit(1)

    return between_fork_and_exec


def be_nice(niceness: int) -> None:
    """Leave the processor to others, in a session of its own.

    Linux shares it among sessions first (autogroup), where the niceness of a process counts only within its session.
    """
    os.nice(niceness)
    for _ in range(AUTOGROUP_TRIES):
        try:
            Path("/proc/self/autogroup").write_text(str(niceness))
        except BlockingIOError:  # the kernel takes one such change in a tenth of a second
            time.sleep(0.11)
        except OSError:
            return  # another system, or sessions are not grouped
        else:
            return


def descendants(pid: int) -> list[int]:
    """Return the processes below `pid`, nearest first; empty without /proc."""
    found: list[int] = []
    for child in _children(pid):
        found += [child, *descendants(child)]
    return found


def signal_group(pid: int, number: int) -> None:
    """Send the signal to the process group led by `pid`; ignore a group that is gone."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def kill_all(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return []
