"""Rendering and language detection read a whole text: within a transaction they block all writers.

`watched()` makes both fail there. The tests' own transactions do not count (`tests/taken_back.py`).
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connections


class SlowInTransaction(AssertionError):
    """A slow function was called in a transaction."""


def open_transactions() -> list[str]:
    """Return the databases on which the code under test has begun a transaction."""
    return [
        connection.alias
        for connection in connections.all(initialized_only=True)
        if any(not block._from_testcase for block in connection.atomic_blocks)
    ]


def outside_transactions(act: Callable) -> Callable:
    @functools.wraps(act)
    def checked(*args, **kwargs):
        if open_transactions():
            raise SlowInTransaction(f"{act.__qualname__} is called within a transaction")
        return act(*args, **kwargs)

    return checked


@contextmanager
def watched() -> Iterator[None]:
    from community.content import languages
    from community.rendering.pool import Pool

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pool, "render_timed", outside_transactions(Pool.render_timed))
        patch.setattr(languages, "detect", outside_transactions(languages.detect))
        yield
