"""Renderer pool of web workers: long-lived child processes that can hang or die without affecting the worker.

`render(source, context)` never raises. A child that times out or dies is killed and a warm spare takes over; the text
is returned as written, with a notice. Children start at the first request, or with `warm()`. Thread-safe and fork-safe.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from .context import Context, Rendered
from .fallback import as_written
from .limits import Limits, limits_for
from .messages import _, using_language
from .process import START_SECONDS, Child, TimedOut
from .protocol import ChildFailed

log = logging.getLogger(__name__)

SIZE = 2  # one working and one warm spare; both serve concurrent requests


class Pool:
    """The children of one process, at most `size`; a lost one is replaced in the background."""

    def __init__(self, size: int = SIZE, start: Callable[[Iterable[str]], Child] = Child) -> None:
        self._start = start
        self._size = size
        self._fences: dict[str, None] = {}  # loaded by children started from now on
        self._begin()

    def _begin(self) -> None:
        """Initialise without children."""
        self._changed = threading.Condition()
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._starting = 0
        self._closed = False

    def render(self, source: str, context: Context | None = None) -> Rendered:
        """Render in a child. Never raises; returns within the time limit of the text's kind."""
        return self.render_timed(source, context)[0]

    def render_timed(self, source: str, context: Context | None = None) -> tuple[Rendered, float]:
        """Render, and return the seconds the child took; the whole wall time if it did not answer."""
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
        except ChildFailed as error:
            log.warning("A rendering child failed: %s", error)
            reason = _failed
        except Exception:
            log.exception("A rendering child failed")
            reason = _failed
        with using_language(context.language):
            fallback = as_written(source, reason(limits), version=0, title=context.title)
        return fallback, time.monotonic() - began

    def warm(self, seconds: float = START_SECONDS, *, fences: Iterable[str] = ()) -> bool:
        """Start all children now, with these fence functions loaded. Return whether at least one is ready."""
        self._fences.update(dict.fromkeys(fences))
        with self._changed:
            self._fill()
            return self._changed.wait_for(lambda: bool(self._idle or self._busy), seconds)

    def close(self) -> None:
        """Close all children."""
        with self._changed:
            self._closed = True
            children = [*self._idle, *self._busy]
            self._idle.clear()
        for child in children:
            child.end()

    def reset_after_fork(self) -> None:
        """Reset in a forked process: close our copies of the parent's pipes and start over."""
        for child in [*self._idle, *self._busy]:
            child.close_pipes()
        self._begin()

    def _ask(self, question: dict[str, Any], limits: Limits, began: float) -> dict[str, Any]:
        child = self._take(began + limits.answer)
        deadline = min(time.monotonic() + limits.seconds, began + limits.answer)
        try:
            answer = child.ask(question, deadline)
        except BaseException:
            self._discard(child)
            raise
        self._release(child)
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

    def _release(self, child: Child) -> None:
        with self._changed:
            self._busy.discard(child)
            self._idle.append(child)
            self._changed.notify()

    def _discard(self, child: Child) -> None:
        with self._changed:
            self._busy.discard(child)
            self._fill()
        child.end()

    def _fill(self) -> None:
        """Start missing children in the background. Call with the lock held."""
        while not self._closed and len(self._idle) + len(self._busy) + self._starting < self._size:
            self._starting += 1
            threading.Thread(target=self._add, name="rendering-child", daemon=True).start()

    def _add(self) -> None:
        child = None
        try:
            child = self._start(tuple(self._fences))
            child.wait_until_ready()
        except Exception as error:
            _tell_of_start(error)
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


def _tell_of_start(error: Exception) -> None:
    """Log why a child did not start; the next request starts another one."""
    if isinstance(error, TimedOut):
        log.warning("A rendering child was not ready within %d s", START_SECONDS)
    else:
        log.error("A rendering child did not start: %s", error)


def _slow(limits: Limits) -> str:
    return _("Formatting took longer than {seconds} seconds, so the text is shown as written.", seconds=limits.seconds)


def _failed(limits: Limits) -> str:
    return _("The text could not be formatted just now, so it is shown as written.")


def _too_long(source: str, context: Context, limits: Limits) -> Rendered:
    """Return the fallback for a text rejected by length alone, without a child."""
    with using_language(context.language):
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
os.register_at_fork(after_in_child=_pool.reset_after_fork)
