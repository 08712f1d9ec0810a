"""The fork server: load the engine once, then fork a child whenever one is asked for, and tell of its end.

It has one thread and opens nothing, so that a child finds no lock held and no file that is not its own. A child
that has ended is not buried before its leash is let go: until then its process id cannot become another's.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

from bpsandbox.runner.child import die_with, work
from bpsandbox.runner.children import NUMBER
from bpsandbox.runner.confinement import enter_namespaces


def main(parent: str, engine_path: str, line: str) -> None:
    """Serve until the other end of the line is closed."""
    die_with(int(parent))
    enter_namespaces()
    engine = import_module(engine_path)
    engine.warm()
    gc.collect()
    gc.freeze()  # what is loaded stays, and stays shared: no collection writes into its pages
    Nursery(engine, socket.socket(fileno=int(line))).run()


class Nursery:
    """The children that live, each with its leash."""

    def __init__(self, engine: Any, line: socket.socket) -> None:
        self.engine = engine
        self.line = line
        self.is_wanted = True
        self.leashes: dict[socket.socket, int] = {}
        self.bell, self.ringer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.selector = selectors.DefaultSelector()
        self.selector.register(line, selectors.EVENT_READ, self.fork)
        self.selector.register(self.bell, selectors.EVENT_READ, self.look_around)

    def run(self) -> None:
        signal.set_wakeup_fd(self.ringer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while self.is_wanted:
            for key, _ in self.selector.select():
                key.data(key.fileobj)
        for leash in list(self.leashes):
            self.let_go(leash)

    def fork(self, line: socket.socket) -> None:
        """Fork a child on the descriptors that came: standard input, output and error, and its leash."""
        _, descriptors, _, _ = socket.recv_fds(line, 1, 4)
        if len(descriptors) != 4:
            self.is_wanted = False
            return
        *streams, leash = descriptors
        server, pid = os.getpid(), os.fork()
        if pid == 0:
            os.close(leash)
            self.become_child(streams, server)
        for stream in streams:
            os.close(stream)
        self.take_in(pid, socket.socket(fileno=leash))

    def take_in(self, pid: int, leash: socket.socket) -> None:
        with suppress(OSError):  # the child does the same; whoever comes first
            os.setpgid(pid, pid)
        self.leashes[leash] = pid
        self.selector.register(leash, selectors.EVENT_READ, self.let_go)
        tell(leash, pid)

    def look_around(self, bell: int) -> None:
        """Tell of those that have ended."""
        os.read(bell, 1 << 10)
        for leash, pid in self.leashes.items():
            ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is not None:
                tell(leash, ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status)

    def let_go(self, leash: socket.socket) -> None:
        """Nobody waits for this child any more: end it, and what it may have started, and bury it."""
        pid = self.leashes.pop(leash)
        self.selector.unregister(leash)
        leash.close()
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    def become_child(self, streams: list[int], server: int) -> NoReturn:
        """Keep nothing of the server but what it has loaded; do the one job; never return."""
        try:
            os.setpgid(0, 0)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.close()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            die_with(server)
            work(self.engine)
            leave(0)
        except BaseException:
            traceback.print_exc()
            leave(1)

    def close(self) -> None:
        self.selector.close()
        self.line.close()
        for leash in self.leashes:
            leash.close()
        os.close(self.bell)
        os.close(self.ringer)


def tell(leash: socket.socket, number: int) -> None:
    with suppress(OSError):  # nobody listens any more: it will be let go
        leash.send(NUMBER.pack(number))


def leave(status: int) -> NoReturn:
    """Exit without what the server would do at its exit."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
