"""Lists without what people wrote whom their reader does not meet (`community.mutes`), and without muted tags."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from django.http import HttpRequest

from community.common.pagination import Sift
from community.content.models import Thread
from community.content.querysets import Reader
from community.mutes.selectors import hidden_among, meets_everybody

SHOWN = "muted"  # parameter of a list that shows threads with muted tags too


class MutedTags(NamedTuple):
    """Whether a reader muted tags, and which of some threads have one: `social` knows."""

    are_any: Callable[[Reader], bool]
    among: Callable[[Reader, Collection[int]], set[int]]


@dataclass(slots=True)
class LeftOut:
    """Which threads a page leaves out of its lists for their tags, for `content/left_out.html`."""

    is_shown: bool
    threads: set[int] = field(default_factory=set)

    @property
    def count(self) -> int:
        return len(self.threads)


_muted_tags: list[MutedTags] = []


def register(muted_tags: MutedTags) -> None:
    """Let lists leave out threads with muted tags. Called from AppConfig.ready."""
    _muted_tags[:] = [muted_tags]


def with_muted_tags(reader: Reader, threads: Collection[int]) -> set[int]:
    """Return those of these threads that lists leave out for their tags: one query, if the reader muted any."""
    keys = list(threads)
    return {key for each in _muted_tags if keys and each.are_any(reader) for key in each.among(reader, keys)}


def left_out_of(request: HttpRequest) -> LeftOut | None:
    """Return what the page counts; None if its reader muted no tags."""
    if not any(each.are_any(request.user) for each in _muted_tags):
        return None
    if not hasattr(request, "left_out"):
        request.left_out = LeftOut(is_shown=bool(request.GET.get(SHOWN)))  # type: ignore[attr-defined]
    return request.left_out  # type: ignore[attr-defined]


def sift_list(request: HttpRequest) -> Sift[Thread] | None:
    """Return what `sift_for` does, for a page of a list that also leaves out, and counts, threads with muted tags."""
    met, left_out = sift_for(request.user), left_out_of(request)
    if left_out is None or left_out.is_shown:
        return met

    def sift(threads: Sequence[Thread]) -> list[Thread]:
        return without_muted_tags(request, met(threads) if met else threads, lambda thread: thread.pk)

    return sift


def without_muted_tags[R](request: HttpRequest, rows: Sequence[R], thread: Callable[[R], int]) -> list[R]:
    """Leave out, and count, rows of threads with muted tags, unless the page was asked to show them."""
    left_out = left_out_of(request)
    if left_out is None or left_out.is_shown:
        return list(rows)
    muted = with_muted_tags(request.user, {thread(row) for row in rows})
    left_out.threads |= muted
    return [row for row in rows if thread(row) not in muted]


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
