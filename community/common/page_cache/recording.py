"""Recording of what a page depends on while it is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import connections

from community.common.changes import tables_logged_under, watched_tables
from community.common.changes.log import CHANGES

if TYPE_CHECKING:
    from community.common.page_cache.renewable import Renewable

MAX_SECONDS = 600
TABLES = re.compile(r'\b(?:FROM|JOIN)\s+"(\w+)"')
BY_HAND = re.compile(r'(?<!DISTINCT )\b(?:FROM|JOIN)\s+(?!["(])\S', re.IGNORECASE)
UNKNOWN = "?"


@dataclass(slots=True)
class Recording:
    """What one page depends on. `seconds` is how long it is right if nothing changes.

    `covered` are tables of which topics say all that it shows. `of_parts` are the dependencies of its parts;
    `renewable` are those of its parts that do not end it. `is_kept` is whether it is kept for others itself, `is_part`
    whether it is a part of a page. `reading` is the reading of the log of changes before it was begun.
    """

    topics: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    of_parts: set[str] = field(default_factory=set)
    covered: set[str] = field(default_factory=set)
    seconds: float = MAX_SECONDS
    is_kept: bool = True
    is_part: bool = False
    renewable: list[Renewable] = field(default_factory=list)
    reading: int = field(default_factory=lambda: CHANGES.reading)

    @property
    def unwatched(self) -> set[str]:
        """Tables it read whose changes are not logged: it cannot be kept."""
        return self.tables - watched_tables()

    def dependencies(self) -> frozenset[str]:
        """Return topics, and the tables whose rows are logged under none of them."""
        names = {topic.partition(":")[0] for topic in self.topics}
        covered = frozenset(self.covered).union(*map(tables_logged_under, names))
        return frozenset(self.topics | (self.tables - covered) | self.of_parts)


_current: ContextVar[Recording | None] = ContextVar("page_recording", default=None)


def depends_on(*topics: str, covering: Iterable[str] = ()) -> None:
    """Name topics that cover every row of their tables which the page shows, or would show after a change of it.

    `covering` are tables of which the page reads nothing but what these topics log, such as whether a post is public.
    """
    if (recording := _current.get()) is not None:
        recording.topics.update(topics)
        recording.covered.update(covering)


def expires_in(seconds: float) -> None:
    """Say that the page becomes wrong after so many seconds by itself: it shows an age, or a number that was cached."""
    if (recording := _current.get()) is not None:
        recording.seconds = min(recording.seconds, seconds)


def current() -> Recording | None:
    return _current.get()


def is_recording() -> bool:
    """Return whether what is read now is kept for others."""
    recording = _current.get()
    return recording is not None and recording.is_kept


@contextmanager
def with_parts() -> Iterator[None]:
    """Let the page that is made within, which is one reader's alone, have parts that are kept."""
    token = _current.set(Recording(is_kept=False))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def recorded(page: Recording | None = None) -> Iterator[Recording]:
    """Record the page that is made within, or the part of a page: what was named for that before counts for it too."""
    recording = Recording(topics=set(page.topics), reading=page.reading, is_part=True) if page else Recording()
    token = _current.set(recording)
    with ExitStack() as stack:
        stack.callback(_current.reset, token)
        for alias in connections:
            stack.enter_context(connections[alias].execute_wrapper(_Reads(recording)))
        yield recording


class _Reads:
    """Execute wrapper that collects the tables which are read, except those that a part within reads."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if _current.get() is self.recording:
            self.recording.tables |= tables_of(sql)
        return execute(sql, params, many, context)


@lru_cache(maxsize=2000)
def tables_of(sql: str) -> frozenset[str]:
    """Return the tables that a query of the ORM reads; UNKNOWN is among them for one that was written by hand."""
    return frozenset(TABLES.findall(sql)) | ({UNKNOWN} if BY_HAND.search(sql) else frozenset())
