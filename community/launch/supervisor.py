"""Process supervisor: starts, restarts and stops programs, and forwards their output."""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from community.launch.processes import become_subreaper, beginning, descendants, kill_all, signal_group

GRACE_SECONDS = 6.0
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
TRIES_BEFORE_READY = 4


@dataclass
class Program:
    """A program that is kept running.

    `fds` stay open in it. One that `announces` tells when it is ready; one that is `later` begins when the first did.
    A higher `niceness` leaves the processor to the others.
    """

    name: str
    command: Sequence[str]
    fds: tuple[int, ...] = ()
    announces: bool = False
    later: bool = False
    niceness: int = 0
    process: subprocess.Popen | None = None
    ready_pipe: int | None = None
    began_at: float = 0.0
    failures: int = 0
    start_at: float = 0.0
    buffer: bytearray = field(default_factory=bytearray)

    def pause(self) -> float:
        """Return the delay in seconds before the next start, longer after each quick failure."""
        return min(LONGEST_PAUSE, 0.25 * 2**self.failures)


class Supervisor:
    """Run programs until a signal arrives. Single-threaded: one loop over readable descriptors."""

    def __init__(self, programs: list[Program], on_ready: Callable[[], None]) -> None:
        self.programs = programs
        self.on_ready = on_ready
        self.stopping = False
        self.gave_up = ""
        self._announced = False
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def run(self) -> int:
        """Return 0 after a signal, 1 if a program never started."""
        self._listen_to_signals()
        become_subreaper()
        try:
            while not self.stopping:
                self._start_what_is_due()
                self._wait(self._seconds_until_next_start())
                self._reap()
        finally:
            self._end_all()
        if self.gave_up:
            print(f"chainrule: {self.gave_up}", file=sys.stderr, flush=True)
            return 1
        return 0

    def _listen_to_signals(self) -> None:
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_stop_signal)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self._selector.register(self._wake_read, selectors.EVENT_READ, self._drain_wakeups)

    def _on_stop_signal(self, number: int, frame: object) -> None:
        if self.stopping:
            kill_all(descendants(os.getpid()))
        self.stopping = True

    def _start_what_is_due(self) -> None:
        now = time.monotonic()
        for program in self.programs:
            if program.process is None and program.start_at <= now and not self._waits(program):
                self._start(program)

    def _waits(self, program: Program) -> bool:
        return program.later and not self._announced

    def _start(self, program: Program) -> None:
        command, fds = list(program.command), program.fds
        ready_read, ready_write = os.pipe()
        if program.announces:
            command += ["--ready", str(ready_write)]
            fds += (ready_write,)
        program.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=fds,
            start_new_session=True,
            preexec_fn=beginning(os.getpid(), program.niceness),
        )
        program.began_at = time.monotonic()
        output = program.process.stdout
        assert output is not None
        os.set_blocking(output.fileno(), False)
        self._selector.register(output, selectors.EVENT_READ, lambda: self._pass_on(program))
        os.close(ready_write)
        program.ready_pipe = ready_read
        self._selector.register(ready_read, selectors.EVENT_READ, lambda: self._on_ready_pipe(program))

    def _seconds_until_next_start(self) -> float | None:
        waiting = [each.start_at for each in self.programs if each.process is None and not self._waits(each)]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else None

    def _wait(self, seconds: float | None) -> None:
        for key, _events in self._selector.select(seconds):
            key.data()

    def _drain_wakeups(self) -> None:
        try:
            while os.read(self._wake_read, 512):
                pass
        except BlockingIOError:
            return

    def _on_ready_pipe(self, program: Program) -> None:
        came_up = os.read(program.ready_pipe, 1) if program.ready_pipe is not None else b""
        self._close_ready_pipe(program)
        if came_up and not self._announced:
            self._announced = True
            self.on_ready()

    def _close_ready_pipe(self, program: Program) -> None:
        if program.ready_pipe is not None:
            self._selector.unregister(program.ready_pipe)
            os.close(program.ready_pipe)
            program.ready_pipe = None

    def _pass_on(self, program: Program) -> None:
        """Write complete lines of a program's output to stdout, prefixed with its name."""
        assert program.process is not None
        assert program.process.stdout is not None
        try:
            piece = os.read(program.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return
        if not piece:
            self._selector.unregister(program.process.stdout)
            program.process.stdout.close()
        program.buffer += piece
        *lines, rest = bytes(program.buffer).split(b"\n")
        program.buffer = bytearray(rest[-65536:])
        if lines:
            self._write(b"".join(b"%-5s | %s\n" % (program.name.encode(), line) for line in lines))

    def _write(self, text: bytes) -> None:
        try:
            sys.stdout.buffer.write(text)
            sys.stdout.buffer.flush()
        except OSError:
            return  # the terminal is gone, but the site goes on

    def _reap(self) -> None:
        """Reap ended programs and orphans."""
        for program in self.programs:
            if program.process is not None and program.process.poll() is not None:
                self._on_exit(program)
        ours = {program.process.pid for program in self.programs if program.process is not None}
        _reap_orphans(ours)

    def _on_exit(self, program: Program) -> None:
        assert program.process is not None
        status, pid = program.process.returncode, program.process.pid
        while program.process.stdout is not None and not program.process.stdout.closed:
            before = len(program.buffer)
            self._pass_on(program)
            if not program.process.stdout.closed and len(program.buffer) == before:
                self._selector.unregister(program.process.stdout)
                program.process.stdout.close()
        self._close_ready_pipe(program)
        signal_group(pid, signal.SIGKILL)  # its children must not outlive it
        program.process = None
        if self.stopping:
            return
        steady = time.monotonic() - program.began_at >= STEADY_SECONDS
        program.failures = 0 if steady else program.failures + 1
        program.start_at = time.monotonic() + program.pause()
        self._write(f"{program.name} ended with {_words(status)}; starting it again\n".encode())
        if not self._announced and program.announces and program.failures >= TRIES_BEFORE_READY:
            self.gave_up = f"The {program.name} process does not start; what it said is above."
            self.stopping = True

    def _end_all(self) -> None:
        """Terminate all processes and their descendants, then kill them after a grace period."""
        running = [program for program in self.programs if program.process is not None]
        for program in running:
            signal_group(program.process.pid, signal.SIGTERM)  # type: ignore[union-attr]
        ends_at = time.monotonic() + GRACE_SECONDS
        while any(program.process is not None for program in running) and time.monotonic() < ends_at:
            self._wait(0.1)
            self._reap()
        for program in running:
            if program.process is not None:
                signal_group(program.process.pid, signal.SIGKILL)
        while left := descendants(os.getpid()):
            kill_all(left)
            time.sleep(0.01)
            for program in running:
                if program.process is not None:
                    program.process.poll()
            _reap_orphans(set())


def _reap_orphans(ours: set[int]) -> None:
    """Reap orphaned descendants; leave Popen's children to Popen."""
    for pid in descendants(os.getpid()):
        if pid in ours:
            continue
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            continue


def _words(status: int) -> str:
    return f"status {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"
