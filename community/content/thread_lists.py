"""Pages of lists of threads: rows are everybody's, and what one shows of its reader is set on the reader's copy."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Protocol, Self

from django.http import HttpRequest

from community.accounts.visits import last_visit
from community.common.page_cache import shared_part
from community.common.pagination import Read, Sift, Sifted, cursors_of, sifted_page

from .embeds import draw_sparks
from .models import Thread
from .querysets import Reader
from .sifting import sift_for, sift_list, without_muted
from .unread import find_unread


class Kept(Sifted, Protocol):
    """A page of a list that is kept for all readers, with what belongs to it. It iterates over its threads."""

    def copied(self, request: HttpRequest) -> Self: ...

    def __iter__(self) -> Iterator[Thread]: ...


def shared_list[L: Kept](
    request: HttpRequest,
    name: tuple[Hashable, ...],
    read: Read[L],
    weigh: Callable[[L], int],
    *,
    is_of_one: bool = False,
    is_of_tags: bool = False,
    is_of_category: bool = False,
) -> L:
    """Return the reader's copy of a page that is everybody's; `read` takes the cursors `after` and `before`.

    `name` says everything else that it depends on: see `community.common.page_cache.parts`. Threads of people whom the
    reader does not meet are left out, unless the list `is_of_one` person, whom the reader has asked for; so are those
    with tags that the reader muted, unless it `is_of_tags`, and in a muted category, unless it `is_of_category`.
    """

    def copy_of(after: str | None, before: str | None) -> L:
        return shared_part((*name, after, before), lambda: read(after, before), weigh).copied(request)

    if is_of_one:
        sift = None
    else:
        sift = sift_for(request.user) if is_of_tags else sift_list(request, is_of_category=is_of_category)
    found = sifted_page(copy_of, sift, **cursors_of(request))
    complete_for(request.user, list(found))
    return found


def sift_unread(request: HttpRequest, *, is_of_tags: bool = False, is_of_category: bool = False) -> Sift[Thread]:
    """Return what leaves of a list those threads that its reader has not read, and sets `unread`.

    What only people wrote whom the reader does not meet is not unread. Of muted tags and categories only what
    is unread is counted as left out.
    """
    met = sift_for(request.user)

    def sift(threads: Sequence[Thread]) -> list[Thread]:
        left = met(threads) if met else list(threads)
        find_unread(left, request.user)
        unread = [thread for thread in left if thread.unread]
        if is_of_tags:
            return unread
        return without_muted(request, unread, lambda thread: thread.pk, is_of_category=is_of_category)

    return sift


def mark_last_visit(request: HttpRequest, threads: Iterable[Thread], moments: Iterable[datetime]) -> None:
    """Set `last_visit` on the last thread of a page that is newer than that, if an older one follows.

    `moments` are what the list is sorted by, the newest first.
    """
    visit = last_visit(request.user)
    for (thread, newer), (_following, older) in pairwise(zip(threads, moments, strict=True)):
        if visit is not None and older <= visit < newer:
            thread.last_visit = visit


def complete_for(reader: Reader, threads: Sequence[Thread]) -> None:
    """Set what rows show to one reader: the curves they may see, and what they have not read."""
    draw_sparks(threads, reader)
    find_unread(threads, reader)
