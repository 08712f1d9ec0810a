"""The parent's side of one run: send the job, read messages, kill the child when its time has expired."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bpsandbox.document import Document, SeedWeights, Stop, WorkedExample
from bpsandbox.runner.limits import Limits
from bpsandbox.runner.process import Child
from bpsandbox.runner.protocol import LAST, Lines, Message, ProtocolError, encode

TICK_SECONDS = 0.1
CHUNK = 1 << 16
WEIGHTS_BYTES = 20 << 20
"""Most bytes of trained weights that a child may send."""

KeepGoing = Callable[[], str | None]
OnProgress = Callable[[Message], None]


@dataclass(frozen=True)
class Example:
    """A step of a seed, to be worked out for a training example. `convention` is [vectors, loss]: see `explain`."""

    sample: int = 0
    step: int = 0
    seed: int | None = None
    convention: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """A child's job. `spec` is the canonical JSON text of a spec."""

    spec: str
    limits: Limits = field(default_factory=Limits)
    record_steps: bool = False
    example: Example | None = None
    """The step to train to and to work out, instead of a whole run."""
    wants_weights: bool = False
    """Whether the trained weights are wanted as well."""

    @property
    def output_bytes(self) -> int:
        """Return the most bytes that the child may write; weights are written as base64."""
        return self.limits.output_bytes + (2 * WEIGHTS_BYTES if self.wants_weights else 0)

    def line(self) -> bytes:
        given = self.limits.as_dict()
        limits = {name: given[name] for name in ("cpu_seconds", "memory_bytes", "open_files")}
        budget = {name: given[name] for name in ("cpu_seconds", "wall_seconds")}
        task: dict[str, Any] = {"spec": self.spec, "record_steps": self.record_steps, "weights": self.wants_weights}
        if self.example is not None:
            task["example"] = asdict(self.example)
        return encode({**task, "limits": limits, "budget": budget})


@dataclass(frozen=True)
class Failure:
    """Why a run has no result. `code` selects a message and `values` fill it. A final failure is not retried."""

    code: Literal["cpu", "wall", "memory", "flood", "garbage", "engine", "internal", "crashed", "size", "unstored"]
    values: dict[str, Any] = field(default_factory=dict)
    is_final: bool = True


@dataclass(frozen=True)
class Outcome:
    """How a run ended: with a document, stopped by the parent (`stopped` is the reason) or failed. Has its points."""

    document: Document | None = None
    worked: WorkedExample | Stop | None = None
    """For a worked step: the working, or why the seed stopped before it."""
    steps: dict[str, Any] | None = None
    weights: tuple[SeedWeights, ...] = ()
    """The trained weights of seeds, if they were wanted: bytes that nobody has checked."""
    failure: Failure | None = None
    stopped: str | None = None
    points: tuple[list[Any], ...] = ()
    stderr: str = ""


def supervise(child: Child, job: Job, *, on_progress: OnProgress, keep_going: KeepGoing = lambda: None) -> Outcome:
    """Run one job in a child. The child is dead when this returns or raises.

    `keep_going` is called at least ten times a second; if it returns a text, the run is stopped for that reason.
    """
    try:
        with selectors.DefaultSelector() as selector:
            return Supervision(child, job, on_progress, selector).run(keep_going)
    finally:
        child.kill()


class Supervision:
    """The state of one supervised run."""

    def __init__(self, child: Child, job: Job, on_progress: OnProgress, selector: selectors.BaseSelector) -> None:
        self.child = child
        self.limits = job.limits
        self.on_progress = on_progress
        self.lines = Lines(line_bytes=job.limits.line_bytes, output_bytes=job.output_bytes)
        self.weights_left = WEIGHTS_BYTES if job.wants_weights else 0
        self.weights: dict[int, bytearray] = {}
        self.unsent = memoryview(job.line())
        self.wanted = "result" if job.example is None else "worked"
        self.points: list[list[Any]] = []
        self.stderr = bytearray()
        self.last: Message | None = None
        self.ends_at = time.monotonic() + self.limits.wall_seconds
        self.selector = selector
        self.selector.register(child.stdin, selectors.EVENT_WRITE, self.write_job)
        self.selector.register(child.stdout, selectors.EVENT_READ, self.read_messages)
        self.selector.register(child.stderr, selectors.EVENT_READ, self.read_stderr)

    def run(self, keep_going: KeepGoing) -> Outcome:
        try:
            while self.is_listening:
                reason = self.meanwhile(keep_going)
                if reason is not None:
                    return self.outcome(stopped=reason)
                if time.monotonic() > self.ends_at:
                    return self.outcome(failure=Failure("wall", {"seconds": self.limits.wall_seconds}))
                for key, _ in self.selector.select(TICK_SECONDS):
                    key.data(key.fd)
        except ProtocolError as error:
            return self.outcome(failure=Failure(error.code, {"detail": error.detail}))  # type: ignore[arg-type]
        return self.ended()

    @property
    def is_listening(self) -> bool:
        return self.last is None and self.child.stdout in self.selector.get_map()

    def meanwhile(self, act: Callable[..., Any], *given: Any) -> Any:
        """Call what the parent does by the way: its time, such as a wait for a database, is not the child's."""
        began = time.monotonic()
        try:
            return act(*given)
        finally:
            self.ends_at += time.monotonic() - began

    def write_job(self, fd: int) -> None:
        """Write as much as the pipe accepts. A child that died before its job is noticed at the other pipes."""
        try:
            self.unsent = self.unsent[os.write(fd, self.unsent) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.unsent = memoryview(b"")
        if not self.unsent:
            self.selector.unregister(fd)

    def read_stderr(self, fd: int) -> None:
        chunk = self.read(fd)
        self.stderr = (self.stderr + chunk)[-self.limits.stderr_bytes :]

    def read_messages(self, fd: int) -> None:
        for message in self.lines.feed(self.read(fd)):
            self.take(message)
            if self.last is not None:
                return

    def read(self, fd: int) -> bytes:
        try:
            chunk = os.read(fd, CHUNK)
        except BlockingIOError:
            return b""
        if not chunk:
            self.selector.unregister(fd)
        return chunk

    def take(self, message: Message) -> None:
        if message["type"] in LAST:
            if message["type"] not in (self.wanted, "failed"):
                raise ProtocolError("garbage", f"a {message['type']} message, where a {self.wanted} one was due")
            self.last = message
        elif message["type"] == "progress":
            self.points.extend(message["points"])
            self.meanwhile(self.on_progress, message)
        elif message["type"] == "weights":
            self.take_weights(message["place"], message["part"])

    def take_weights(self, place: int, part: bytes) -> None:
        self.weights_left -= len(part)
        if self.weights_left < 0:
            raise ProtocolError("flood", "more weights than a run may send")
        self.weights.setdefault(place, bytearray()).extend(part)

    def ended(self) -> Outcome:
        """Return the outcome of a child that has sent its last message or closed the pipe without one."""
        if self.last is None:
            return self.outcome(failure=self.death())
        if self.last["type"] == "result":
            weights = tuple(SeedWeights(place, bytes(content)) for place, content in self.weights.items())
            return self.outcome(document=self.last["document"], steps=self.last.get("steps"), weights=weights)
        if self.last["type"] == "worked":
            return self.outcome(worked=self.last["worked"])
        return self.outcome(failure=self.reported_failure(self.last))

    def reported_failure(self, message: Message) -> Failure:
        if message["code"] == "memory":
            return Failure("memory", {"bytes": self.limits.memory_bytes})
        code: Literal["engine", "internal"] = "engine" if message["code"] == "engine" else "internal"
        return Failure(code, {"message": message["message"]})

    def death(self) -> Failure:
        """Return why a child exited without a last message."""
        try:
            status = self.child.process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            status = self.child.kill()
        if status == -signal.SIGXCPU:
            return Failure("cpu", {"seconds": self.limits.cpu_seconds})
        return Failure("crashed", {"status": status}, is_final=False)

    def outcome(self, **how: Any) -> Outcome:
        return Outcome(points=tuple(self.points), stderr=bytes(self.stderr).decode(errors="replace"), **how)
