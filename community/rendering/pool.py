"""Rendering for web workers: long-lived child processes that may hang or die without taking the worker along.

`render(source, context)` never raises. A child that is over its time, or dead, is ended and a warm spare takes over;
the text comes back as it was written, with a notice. Children start at the first question, or with `warm()`. Safe for
threads and forks.
"""

from __future__ import annotations

import atexit
import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from .context import Context, Rendered
from .fallback import as_written
from .limits import Limits, limits_for
from .messages import _, speaking
from .protocol import HEADER, MOST_BYTES, ChildFailed, pack, unpack

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
SIZE = 2  # one that works and a warm spare; both answer when two people ask at once
START_SECONDS = 15.0
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONHOME")


class TimedOut(ChildFailed):
    """The child did not answer within its time."""


class Child:
    """One process and its two pipes. One question at a time."""

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
        """Return when the child has loaded everything. Raises ChildFailed."""
        self._receive(time.monotonic() + START_SECONDS)

    def ask(self, question: dict[str, Any], deadline: float) -> dict[str, Any]:
        """Send a question and return the answer. Raises ChildFailed; the child is of no more use then."""
        self._send(pack(question), deadline)
        return self._receive(deadline)

    def end(self) -> None:
        """End the process now, whatever it does, and take it off the process table."""
        self.process.kill()
        self.process.wait()
        self.let_go()

    def let_go(self) -> None:
        """Close our ends of the pipes: an idle child ends by itself."""
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
    """Return what a child may know: nothing of the site's settings. One BLAS thread: more would eat its memory."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return kept | threads | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}


def _wait(descriptor: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimedOut


class Pool:
    """Children of one process. `size` of them at most; each is replaced in the background when it is lost."""

    def __init__(self, size: int = SIZE, start: Callable[[Iterable[str]], Child] = Child) -> None:
        self._start = start
        self._size = size
        self._fences: dict[str, None] = {}  # loaded by the children that start from now on
        self._begin()

    def _begin(self) -> None:
        """Have no children yet."""
        self._changed = threading.Condition()
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._starting = 0
        self._closed = False

    def render(self, source: str, context: Context | None = None) -> Rendered:
        """Render in a child. Never raises; answers within the limit of the text's kind."""
        return self.render_timed(source, context)[0]

    def render_timed(self, source: str, context: Context | None = None) -> tuple[Rendered, float]:
        """Render, and return the seconds that the child took; the whole wall time where there is no answer."""
        context = context or Context()
        began = time.monotonic()
        limits = limits_for(context.kind)
        if len(source) > limits.length:
            return _too_long(source, context, limits), time.monotonic() - began
        self._fences.update(dict.fromkeys(context.fences.values()))
        try:
            answer = self._ask({"source": source, "context": context.as_dict()}, limits, began)
            return Rendered.from_dict(answer["rendered"]), answer["seconds"]
        except TimedOut:
            log.warning("A text of %d characters took longer than %.1f s to render", len(source), limits.seconds)
            reason = _slow
        except Exception:
            log.exception("A rendering child failed")
            reason = _failed
        with speaking(context.language):
            fallback = as_written(source, reason(limits), version=0, title=context.title)
        return fallback, time.monotonic() - began

    def warm(self, seconds: float = START_SECONDS, *, fences: Iterable[str] = ()) -> bool:
        """Start all children now, with these fence functions loaded. Return whether at least one is ready."""
        self._fences.update(dict.fromkeys(fences))
        with self._changed:
            self._fill()
            return self._changed.wait_for(lambda: bool(self._idle or self._busy), seconds)

    def close(self) -> None:
        """Let all children go."""
        with self._changed:
            self._closed = True
            children = [*self._idle, *self._busy]
            self._idle.clear()
        for child in children:
            child.end()

    def forget(self) -> None:
        """In a forked process: the children are another's. Close our copies of their pipes and begin anew."""
        for child in [*self._idle, *self._busy]:
            child.let_go()
        self._begin()

    def _ask(self, question: dict[str, Any], limits: Limits, began: float) -> dict[str, Any]:
        child = self._take(began + limits.answer)
        deadline = min(time.monotonic() + limits.seconds, began + limits.answer)
        try:
            answer = child.ask(question, deadline)
        except BaseException:
            self._lose(child)
            raise
        self._give_back(child)
        return answer

    def _take(self, deadline: float) -> Child:
        with self._changed:
            self._fill()
            left = max(0.0, deadline - time.monotonic())
            if not self._changed.wait_for(lambda: bool(self._idle) or self._closed, left) or self._closed:
                raise ChildFailed("no child is free")
            child = self._idle.pop()
            self._busy.add(child)
            return child

    def _give_back(self, child: Child) -> None:
        with self._changed:
            self._busy.discard(child)
            self._idle.append(child)
            self._changed.notify()

    def _lose(self, child: Child) -> None:
        with self._changed:
            self._busy.discard(child)
            self._fill()
        child.end()

    def _fill(self) -> None:
        """Start what is missing, in the background. Call with the lock held."""
        while not self._closed and len(self._idle) + len(self._busy) + self._starting < self._size:
            self._starting += 1
            threading.Thread(target=self._add, name="rendering-child", daemon=True).start()

    def _add(self) -> None:
        child = None
        try:
            child = self._start(tuple(self._fences))
            child.wait_until_ready()
        except Exception:
            log.exception("A rendering child did not start")
            if child is not None:
                child.end()
            child = None
            time.sleep(0.2)
        with self._changed:
            self._starting -= 1
            if child is not None and not self._closed:
                self._idle.insert(0, child)
                child = None
            self._changed.notify_all()
        if child is not None:
            child.end()


def _slow(limits: Limits) -> str:
    return _(
        "Formatting took longer than {seconds} seconds, so the text is shown as it was written.", seconds=limits.seconds
    )


def _failed(limits: Limits) -> str:
    return _("The text could not be formatted just now, so it is shown as it was written.")


def _too_long(source: str, context: Context, limits: Limits) -> Rendered:
    """Answer without a child what is refused by its length alone."""
    with speaking(context.language):
        return as_written(
            source,
            _(
                "The text has {length} characters; the limit is {limit}.",
                length=f"{len(source):,}",
                limit=f"{limits.length:,}",
            ),
            title=context.title,
        )


_pool = Pool()
render = _pool.render
render_timed = _pool.render_timed
warm = _pool.warm
close = _pool.close

atexit.register(close)
os.register_at_fork(after_in_child=_pool.forget)
