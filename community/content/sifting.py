"""Lists without what people wrote whom their reader does not meet (`community.mutes`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from community.common.pagination import Sift
from community.content.models import Thread
from community.content.querysets import Reader
from community.mutes.selectors import hidden_among, meets_everybody


def sift_for(reader: Reader) -> Sift[Thread] | None:
    """Return what takes threads out of a list for this reader, with one query; None if they meet everybody.

    Who wrote last in a thread is not named either.
    """
    return None if meets_everybody(reader) else partial(_threads, reader)


def sift_by(reader: Reader | None, author: Callable[[Any], int | None]) -> Sift[Any] | None:
    """Return what takes rows out of a list by the key of their author, with one query; None if nothing is taken out."""
    return None if meets_everybody(reader) else partial(_rows, reader, author)


def _threads(reader: Reader, threads: Sequence[Thread]) -> list[Thread]:
    last_posters = {thread: getattr(thread, "last_poster", None) for thread in threads}
    keys = {person.pk for person in last_posters.values() if person is not None}
    hidden = hidden_among(reader, keys.union(thread.author_id for thread in threads))
    for thread, person in last_posters.items():
        if person is not None and person.pk in hidden:
            thread.last_poster = None
    return [thread for thread in threads if thread.author_id not in hidden]


def _rows(reader: Reader | None, author: Callable[[Any], int | None], rows: Sequence[Any]) -> list[Any]:
    hidden = hidden_among(reader, {key for key in map(author, rows) if key is not None})
    return [row for row in rows if author(row) not in hidden]
