"""One preview per person at a time in a process, so that slow texts leave rendering children and threads to others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from community.common.errors import TooManyRequests

PATIENCE_SECONDS = 6.0  # the longest any text may take, so that a slow article still gets its newest preview
_free = threading.Condition()
_busy: set[int] = set()
_newest: dict[int, object] = {}


@contextmanager
def turn(person: int) -> Iterator[None]:
    """Wait until no other preview of this person is rendered.

    Raises TooManyRequests if that takes too long or a newer preview arrives: only the newest one waits, because each
    that waits holds a thread.
    """
    ours = object()
    with _free:
        _newest[person] = ours
        _free.notify_all()
        _free.wait_for(lambda: person not in _busy or _newest.get(person) is not ours, PATIENCE_SECONDS)
        is_newest = _newest.get(person) is ours
        if is_newest:
            del _newest[person]
        if not is_newest or person in _busy:
            raise TooManyRequests(retry_after=round(PATIENCE_SECONDS) or 1)
        _busy.add(person)
    try:
        yield
    finally:
        with _free:
            _busy.discard(person)
            _free.notify_all()
