"""One preview per person at a time in a process, so that slow texts leave a rendering child to everyone else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from community.common.errors import TooManyRequests

PATIENCE_SECONDS = 6.0  # the longest any text may take, so that a slow article still gets its newest preview
_free = threading.Condition()
_busy: set[int] = set()


@contextmanager
def turn(person: int) -> Iterator[None]:
    """Wait until no other preview of this person is rendered. Raises TooManyRequests if that takes too long."""
    with _free:
        if not _free.wait_for(lambda: person not in _busy, PATIENCE_SECONDS):
            raise TooManyRequests(retry_after=round(PATIENCE_SECONDS) or 1)
        _busy.add(person)
    try:
        yield
    finally:
        with _free:
            _busy.discard(person)
            _free.notify_all()
