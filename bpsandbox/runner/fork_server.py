"""The fork server: load the engine once, fork a child on request, and report its exit status.

It has one thread and opens no files, so a child inherits no held lock and no foreign descriptor. A child that has
exited remains a zombie until its channel is closed, so its process id is not reused before.
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

from bpsandbox.runner.child import die_with_parent, work
from bpsandbox.runner.children import INTEGER
from bpsandbox.runner.confinement import enter_namespaces


def main(parent: str, engine_path: str, control: str) -> None:
    """Serve until the other end of the control socket is closed."""
    die_with_parent(int(parent))
    enter_namespaces()
    engine = import_module(engine_path)
    engine.warm()
    gc.collect()
    gc.freeze()  # the garbage collector leaves loaded pages untouched, so children share them
    Server(engine, socket.socket(fileno=int(control))).run()


class Server:
    """The running children, each with its channel, the socket to the process that requested it."""

    def __init__(self, engine: Any, control: socket.socket) -> None:
        self.engine = engine
        self.control = control
        self.is_open = True
        self.pids: dict[socket.socket, int] = {}
        self.wakeup_reader, self.wakeup_writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.selector = selectors.DefaultSelector()
        self.selector.register(control, selectors.EVENT_READ, self.fork)
        self.selector.register(self.wakeup_reader, selectors.EVENT_READ, self.report_exits)

    def run(self) -> None:
        signal.set_wakeup_fd(self.wakeup_writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while self.is_open:
            for key, _ in self.selector.select():
                key.data(key.fileobj)
        for channel in list(self.pids):
            self.reap(channel)

    def fork(self, control: socket.socket) -> None:
        """Fork a child on the four descriptors received: standard input, output and error, and its channel."""
        _, descriptors, _, _ = socket.recv_fds(control, 1, 4)
        if len(descriptors) != 4:
            self.is_open = False
            return
        *streams, channel = descriptors
        server, pid = os.getpid(), os.fork()
        if pid == 0:
            os.close(channel)
            self.become_child(streams, server)
        for stream in streams:
            os.close(stream)
        self.register(pid, socket.socket(fileno=channel))

    def register(self, pid: int, channel: socket.socket) -> None:
        with suppress(OSError):  # the child does the same; one of the two is first
            os.setpgid(pid, pid)
        self.pids[channel] = pid
        self.selector.register(channel, selectors.EVENT_READ, self.reap)
        send(channel, pid)

    def report_exits(self, wakeup_reader: int) -> None:
        """Send the exit status of every child that has exited, without reaping it."""
        os.read(wakeup_reader, 1 << 10)
        for channel, pid in self.pids.items():
            exited = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if exited is not None:
                send(channel, exited.si_status if exited.si_code == os.CLD_EXITED else -exited.si_status)

    def reap(self, channel: socket.socket) -> None:
        """Kill and reap the child of a closed channel, and everything it may have started."""
        pid = self.pids.pop(channel)
        self.selector.unregister(channel)
        channel.close()
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    def become_child(self, streams: list[int], server: int) -> NoReturn:
        """Close the server's descriptors, do the job and exit."""
        try:
            os.setpgid(0, 0)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.close()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            die_with_parent(server)
            work(self.engine)
            leave(0)
        except BaseException:
            traceback.print_exc()
            leave(1)

    def close(self) -> None:
        self.selector.close()
        self.control.close()
        for channel in self.pids:
            channel.close()
        os.close(self.wakeup_reader)
        os.close(self.wakeup_writer)


def send(channel: socket.socket, number: int) -> None:
    with suppress(OSError):  # the other end is closed: the child will be reaped
        channel.send(INTEGER.pack(number))


def leave(status: int) -> NoReturn:
    """Exit without running the exit handlers of the server."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
