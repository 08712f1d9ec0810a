"""The parent's side of a rendering child: a process and two pipes, with a deadline for every operation."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .protocol import HEADER, MOST_BYTES, ChildFailed, pack, unpack

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 15.0
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONHOME")


class TimedOut(ChildFailed):
    """The child did not answer in time."""


class Child:
    """One process and its two pipes. One request at a time."""

    def __init__(self, fences: Iterable[str] = ()) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "community.rendering.child", *fences],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=_environment(),
            bufsize=0,
        )
        assert self.process.stdin is not None and self.process.stdout is not None  # both are pipes
        self._pipes = self.process.stdin, self.process.stdout
        self._in, self._out = (pipe.fileno() for pipe in self._pipes)
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._read = bytearray()

    def wait_until_ready(self) -> None:
        """Wait until the child has loaded everything. Raises ChildFailed."""
        self._receive(time.monotonic() + START_SECONDS)

    def ask(self, question: dict[str, Any], deadline: float) -> dict[str, Any]:
        """Send a request and return the response. Raises ChildFailed, after which the child is unusable."""
        self._send(pack(question), deadline)
        return self._receive(deadline)

    def end(self) -> None:
        """Kill the process and reap it."""
        self.process.kill()
        self.process.wait()
        self.close_pipes()

    def close_pipes(self) -> None:
        """Close our ends of the pipes, which ends an idle child."""
        for pipe in self._pipes:
            pipe.close()

    def _send(self, frame: bytes, deadline: float) -> None:
        view = memoryview(frame)
        while view:
            _wait(self._in, select.POLLOUT, deadline)
            try:
                view = view[os.write(self._in, view) :]
            except OSError as error:
                raise ChildFailed(str(error)) from error

    def _receive(self, deadline: float) -> dict[str, Any]:
        (length,) = HEADER.unpack(self._take(HEADER.size, deadline))
        if length > MOST_BYTES:
            raise ChildFailed("an answer of no sense")
        return unpack(self._take(length, deadline))

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._read) < size:
            _wait(self._out, select.POLLIN, deadline)
            piece = os.read(self._out, 1 << 20)
            if not piece:
                raise ChildFailed("the process has ended")
            self._read += piece
        taken = bytes(self._read[:size])
        del self._read[:size]
        return taken


def _environment() -> dict[str, str]:
    """Return the child's environment: no site settings, and one BLAS thread, since more would use up its memory."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return kept | threads | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}


def _wait(descriptor: int, event: int, deadline: float) -> None:
    """Wait until a pipe can be read or written. Raises TimedOut.

    What lies there is taken after the deadline too: a machine that stalled gives both sides the time back at once.
    """
    poll = select.poll()
    poll.register(descriptor, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimedOut
