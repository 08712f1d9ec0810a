"""Start children that find the engine loaded: forked from a server where that can be, else one ahead of its job.

The server is a process of one thread that has loaded NumPy and the engine and does nothing but fork
(`fork_server` is its side). Each child comes with a leash, a socket between the server and us: over it we hear the
child's number and its end; the child goes when we let go of it.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import time
from contextlib import suppress

from bpsandbox.runner.process import ENGINE, Bare, Child, plain

CAN_FORK = sys.platform == "linux"  # elsewhere a forked process may not touch the system's BLAS
PATIENCE_SECONDS = 0.8
LOADING_SECONDS = 30.0
NUMBER = struct.Struct("i")
LOST = -signal.SIGKILL if CAN_FORK else 0
"""The status of a child whose server is gone: the kernel has killed it."""


class Children:
    """Start children of one engine, each in a few milliseconds once it is loaded. Belongs to one thread."""

    def __init__(self, *, engine: str = ENGINE, forks: bool = CAN_FORK) -> None:
        self.source: ForkServer | Spare
        self.source = ForkServer(engine) if forks else Spare(engine)

    def prepare(self) -> None:
        """Load the engine when that is not done. Returns at once: it loads while the caller goes on."""
        self.source.prepare()

    def start(self) -> Child:
        return self.source.start()

    def close(self) -> None:
        self.source.close()


class Spare:
    """Keep one child ahead that was started from nothing."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.child: Child | None = None

    def prepare(self) -> None:
        if self.child is None or not self.child.is_alive:
            self.close()
            self.child = Child(plain(self.engine))

    def start(self) -> Child:
        self.prepare()
        child, self.child = self.child, None
        assert child is not None
        return child

    def close(self) -> None:
        if self.child is not None:
            self.child.kill()
            self.child = None


class ForkServer:
    """The server's process and the line to it. One that died is replaced when it is asked for next."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.process: Bare | None = None

    def prepare(self) -> None:
        if self.process is not None and self.process.poll() is None:
            return
        self.close()
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.line.settimeout(PATIENCE_SECONDS)
        with theirs:
            self.process = Bare(
                "fork_server", self.engine, theirs.fileno(), pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip

    def start(self) -> Child:
        self.prepare()
        try:
            return Child(self.fork)
        except OSError:  # it died since we looked
            self.close()
            self.prepare()
            return Child(self.fork)

    def fork(self, job: int, messages: int, stray: int) -> Forked:
        assert self.process is not None
        leash, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(self.line, [b"!"], [job, messages, stray, theirs.fileno()])
        return Forked(leash, self.process)

    def close(self) -> None:
        if self.process is not None:
            self.line.close()
            self.process.end()
            self.process = None


class Forked:
    """A child of the server, seen from here. Its number stays its own until `end`: nobody buries it before."""

    def __init__(self, leash: socket.socket, server: Bare) -> None:
        self.leash = leash
        self.server = server
        self.number: int | None = None
        self.status: int | None = None

    @property
    def pid(self) -> int:
        """The number of the process; waits for a server that still loads. Raises ProcessLookupError without one."""
        if not self.is_told(LOADING_SECONDS):
            raise ProcessLookupError
        assert self.number is not None
        return self.number

    def is_told(self, seconds: float) -> bool:
        """Wait for the number of the process; False when there is none in time, or none any more."""
        until = time.monotonic() + seconds
        while self.number is None and self.status is None and self.hear(until):
            pass
        return self.number is not None

    def poll(self) -> int | None:
        while self.status is None and self.hear(time.monotonic()):
            pass
        return self.status

    def wait(self, timeout: float | None = None) -> int:
        until = time.monotonic() + (PATIENCE_SECONDS if timeout is None else timeout)
        while self.status is None:
            if not self.hear(until):
                raise subprocess.TimeoutExpired("child", timeout or PATIENCE_SECONDS)
        return self.status

    def end(self) -> int:
        """Kill the child. A server that does not tell of the end is stuck, and is ended with all it has forked."""
        if self.is_told(PATIENCE_SECONDS):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self.wait(PATIENCE_SECONDS if self.number else 0)
        if self.status is None:
            self.server.end()
        self.leash.close()
        return LOST if self.status is None else self.status

    def hear(self, until: float) -> bool:
        """Take in the next thing that the server tells; False when nothing comes in time."""
        with suppress(OSError):
            self.leash.settimeout(max(0.0, until - time.monotonic()))
        try:
            told = self.leash.recv(NUMBER.size)
        except (BlockingIOError, TimeoutError):
            return False
        except OSError:
            told = b""
        self.understand(told)
        return True

    def understand(self, told: bytes) -> None:
        """First comes the number, then the status; nothing at all when the server is gone."""
        if not told:
            self.status = LOST
        elif self.number is None:
            [self.number] = NUMBER.unpack(told)
        else:
            [self.status] = NUMBER.unpack(told)
