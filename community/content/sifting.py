"""Lists without what people wrote whom their reader does not meet (`community.mutes`), and without what is filed
where they hear nothing: under a muted tag, in a muted category.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, Protocol

from django.http import HttpRequest

from community.common.pagination import Sift
from community.content.models import Thread
from community.content.querysets import Reader
from community.mutes.selectors import hidden_among, meets_everybody

SHOWN = "muted"  # parameter of a list that shows muted threads too


class Among(Protocol):
    """Returns those of some threads that a reader muted by tag or category; by tag alone in the list of a category."""

    def __call__(self, reader: Reader, threads: Collection[int], *, is_of_category: bool = False) -> set[int]: ...


class Muted(NamedTuple):
    """Whether a reader muted tags or categories, and which of some threads are filed there: `social` knows."""

    are_any: Callable[[Reader], bool]
    among: Among


@dataclass(slots=True)
class LeftOut:
    """Which threads a page leaves out of its lists for their tags and categories, for `content/left_out.html`."""

    is_shown: bool
    threads: set[int] = field(default_factory=set)

    @property
    def count(self) -> int:
        return len(self.threads)


_muted: list[Muted] = []


def register(muted: Muted) -> None:
    """Let lists leave out threads that are filed where their reader hears nothing. Called from AppConfig.ready."""
    _muted[:] = [muted]


def with_muted(reader: Reader, threads: Collection[int], *, is_of_category: bool = False) -> set[int]:
    """Return those of these threads that lists leave out: one query, if the reader muted any tag or category."""
    keys = list(threads)
    asked = [each for each in _muted if keys and each.are_any(reader)]
    return {key for each in asked for key in each.among(reader, keys, is_of_category=is_of_category)}


def left_out_of(request: HttpRequest) -> LeftOut | None:
    """Return what the page counts; None if its reader muted no tags or categories."""
    if not any(each.are_any(request.user) for each in _muted):
        return None
    if not hasattr(request, "left_out"):
        request.left_out = LeftOut(is_shown=bool(request.GET.get(SHOWN)))  # type: ignore[attr-defined]
    return request.left_out  # type: ignore[attr-defined]


def sift_list(request: HttpRequest, *, is_of_category: bool = False) -> Sift[Thread] | None:
    """Return what `sift_for` does, for a page of a list that also leaves out, and counts, what its reader muted."""
    met, left_out = sift_for(request.user), left_out_of(request)
    if left_out is None or left_out.is_shown:
        return met

    def sift(threads: Sequence[Thread]) -> list[Thread]:
        left = met(threads) if met else threads
        return without_muted(request, left, lambda thread: thread.pk, is_of_category=is_of_category)

    return sift


def without_muted[R](
    request: HttpRequest, rows: Sequence[R], thread: Callable[[R], int], *, is_of_category: bool = False
) -> list[R]:
    """Leave out, and count, rows of threads with muted tags or in muted categories, unless the page is to show them."""
    left_out = left_out_of(request)
    if left_out is None or left_out.is_shown:
        return list(rows)
    muted = with_muted(request.user, {thread(row) for row in rows}, is_of_category=is_of_category)
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
