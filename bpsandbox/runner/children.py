"""Start children with the engine loaded: forked from a server, or one spawned in advance.

The server is a process with one thread that has NumPy and the engine loaded and only forks; its code is in
`fork_server`. Each child has a channel, a socket between the server and this process: the server sends the child's
process id and exit status over it, and kills the child when this end is closed.
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

from bpsandbox.runner.process import ENGINE, Child, PythonProcess, spawn

CAN_FORK = sys.platform == "linux"  # the BLAS of macOS does not work in a forked process
REPLY_SECONDS = 0.8
LOADING_SECONDS = 30.0
INTEGER = struct.Struct("i")
LOST = -signal.SIGKILL if CAN_FORK else 0
"""Exit status of a child whose server died: the kernel has killed it."""


class Children:
    """Starts children of one engine, each in a few milliseconds once it is loaded. For use by one thread."""

    def __init__(self, *, engine: str = ENGINE, forks: bool = CAN_FORK) -> None:
        self.source: ForkServer | Standby
        self.source = ForkServer(engine) if forks else Standby(engine)

    def prepare(self) -> None:
        """Begin to load the engine unless it is loaded. Returns immediately."""
        self.source.prepare()

    def start(self) -> Child:
        return self.source.start()

    def close(self) -> None:
        self.source.close()


class Standby:
    """Keeps one spawned child ready."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.child: Child | None = None

    def prepare(self) -> None:
        if self.child is None or not self.child.is_alive:
            self.close()
            self.child = Child(spawn(self.engine))

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
    """The server's process and its control socket. A server that has died is replaced at the next use."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.process: PythonProcess | None = None

    def prepare(self) -> None:
        if self.process is not None and self.process.poll() is None:
            return
        self.close()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(REPLY_SECONDS)
        with theirs:
            self.process = PythonProcess(
                "fork_server", self.engine, theirs.fileno(), pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip

    def start(self) -> Child:
        self.prepare()
        try:
            return Child(self.fork)
        except OSError:  # it died after `prepare` had looked
            self.close()
            self.prepare()
            return Child(self.fork)

    def fork(self, job: int, messages: int, errors: int) -> Forked:
        assert self.process is not None
        channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(self.control, [b"!"], [job, messages, errors, theirs.fileno()])
        return Forked(channel, self.process)

    def close(self) -> None:
        if self.process is not None:
            self.control.close()
            self.process.end()
            self.process = None


class Forked:
    """A child of the server, seen from this process. The server does not reap it before `end`."""

    def __init__(self, channel: socket.socket, server: PythonProcess) -> None:
        self.channel = channel
        self.server = server
        self.known_pid: int | None = None
        self.status: int | None = None

    @property
    def pid(self) -> int:
        """Return the process id; waits for a server that is loading. Raises ProcessLookupError if there is none."""
        if not self.has_pid(LOADING_SECONDS):
            raise ProcessLookupError
        assert self.known_pid is not None
        return self.known_pid

    def has_pid(self, seconds: float) -> bool:
        """Wait for the process id; return False if it does not arrive in time, or the server has died."""
        until = time.monotonic() + seconds
        while self.known_pid is None and self.status is None and self.receive(until):
            pass
        return self.known_pid is not None

    def poll(self) -> int | None:
        while self.status is None and self.receive(time.monotonic()):
            pass
        return self.status

    def wait(self, timeout: float | None = None) -> int:
        until = time.monotonic() + (REPLY_SECONDS if timeout is None else timeout)
        while self.status is None:
            if not self.receive(until):
                raise subprocess.TimeoutExpired("child", timeout or REPLY_SECONDS)
        return self.status

    def end(self) -> int:
        """Kill the child. A server that does not report its exit hangs; it is killed with all its children."""
        if self.has_pid(REPLY_SECONDS):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self.wait(REPLY_SECONDS if self.known_pid else 0)
        if self.status is None:
            self.server.end()
        self.channel.close()
        return LOST if self.status is None else self.status

    def receive(self, until: float) -> bool:
        """Receive the server's next message; return False if none arrives in time."""
        with suppress(OSError):
            self.channel.settimeout(max(0.0, until - time.monotonic()))
        try:
            message = self.channel.recv(INTEGER.size)
        except (BlockingIOError, TimeoutError):
            return False
        except OSError:
            message = b""
        self.take(message)
        return True

    def take(self, message: bytes) -> None:
        """Handle a message: first the process id, then the exit status; an empty one means that the server has died."""
        if not message:
            self.status = LOST
        elif self.known_pid is None:
            [self.known_pid] = INTEGER.unpack(message)
        else:
            [self.status] = INTEGER.unpack(message)
