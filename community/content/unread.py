"""What one reader has not read: of a thread's page, of rows in lists, and lists of unread threads.

Unread are the public posts of others, of any role, with a higher number than the last one that was read, in threads
that the reader has opened or written in. They are counted when they are shown, so that what was hidden or deleted is
not among them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import In

from community.accounts.models import User
from community.common.prepared import Prepared, padded, place
from community.common.subqueries import MOST_COUNTED, CountUpTo, looked_up
from community.mutes.selectors import any_reader, meets_everybody, met_by

from . import policies
from .models import LONG_READ, TAG_COLUMNS, Post, ReadPosition, Thread
from .querysets import Reader, ReadPositionQuerySet

UNREAD = "unread"
"""The order of lists, for members, that has only these threads, those with the newest post first."""
NEWEST_POST = ("-last_post_at", "-id")


class Unread(NamedTuple):
    """The number of unread posts of a thread, counted up to MOST_COUNTED, and the address of the first one."""

    total: int
    url: str


class ToRead(NamedTuple):
    """The numbers of posts that a reader has not read, with commas between, and where who has no position begins."""

    posts: str
    first: int


def of_thread(thread: Value, reader: Value, *, is_sifted: bool) -> dict[str, Combinable]:
    """Return columns for how far a reader has read a thread, when and for how long, how many posts are beyond, and the
    first one.

    `is_sifted`: posts of people whom the reader does not meet are not counted.
    """
    position = ReadPosition.objects.filter(reader=reader, thread=thread)
    names = ("number", "read_at", "seconds", "text_read")
    read, read_at, seconds, text = (Subquery(position.values(name)) for name in names)
    beyond = _public(Post.objects.filter(thread=thread, number__gt=read), reader, is_sifted)
    of_position = {"read_number": read, "read_at": read_at, "read_seconds": seconds, "text_read": text}
    return of_position | {"unread_count": _count(beyond), "first_unread": _first(beyond)}


def of_page(thread: Thread) -> Unread | None:
    """Return what is unread in a thread on which `reader_state.set_on` has set the columns of `of_thread`."""
    count, first = thread.unread_count, thread.first_unread
    return Unread(count, thread.address_in_time(first)) if count and first else None


def reached(thread_id: int, reader: User, *, seen: Collection[int], last: int, begin: int = 0) -> int:
    """Return how far a reader comes in a thread by having seen the posts with these numbers: before the first that is
    unread otherwise, or to the `last` one. Who has no position has read the posts up to `begin`.
    """
    numbers = padded("seen", seen or [0])
    missed = _missed(len(numbers), not meets_everybody(reader))
    found = missed.run(reader=reader.pk, thread=thread_id, begin=begin, last=last, **numbers)
    return found[0][0] - 1 if found else last


def on_page(thread: Thread, reader: Reader, posts: Iterable[Post], *, begins: bool = False) -> ToRead | None:
    """Return the numbers on a page beyond a reader's position.

    None if nothing is to be noted: there are none, it is no article read in part, and the time is no longer counted.
    `begins`: who has no position, such as somebody who came by a link to the end of a long thread, begins with the
    page's first post.
    """
    if not reader.is_authenticated or not policies.is_public(thread):
        return None
    read, seconds = thread.read_number or 0, thread.read_seconds or 0
    beyond = [number for number in sorted(post.number for post in posts) if number > read]
    if not beyond and seconds >= LONG_READ and not thread.begun:
        return None
    first = beyond[0] if begins and beyond and not read else 1
    return ToRead(",".join(map(str, beyond)), first)


def find_unread(threads: Sequence[Thread], reader: Reader) -> None:
    """Set `unread` on each thread of a list, in one query; none for a visitor."""
    if not reader.is_authenticated or not threads:
        return
    keys = {f"thread{n}": thread.pk for n, thread in enumerate(threads)}
    rows = _among(len(threads), not meets_everybody(reader)).run(reader=reader.pk, **keys)
    found = {pk: told for pk, *told in rows}
    for thread in threads:
        count, first = found.get(thread.pk, (0, 0))
        thread.unread = Unread(count, thread.address_in_time(first)) if count else None


def unread_parts(
    reader: Reader, *, kind: str = "", categories: Sequence[int] = (), tags: Sequence[int] = ()
) -> list[ReadPositionQuerySet]:
    """Return a reader's unread threads as `keyset_page` reads them: all, of a kind, of each category or tag."""
    public = Thread.objects.public().filter(pk=OuterRef("thread"))
    rows = ReadPosition.objects.unread().filter(looked_up(public), reader=reader)
    if categories:
        return [rows.filter(category=key) for key in categories]
    if tags:
        return [rows.filter(**{column: key}) for key in tags for column in TAG_COLUMNS]
    return [rows.filter(kind=kind) if kind else rows]


@lru_cache(maxsize=200)
def _among(count: int, is_sifted: bool) -> Prepared:
    among = In(F("thread_id"), [place(f"thread{n}") for n in range(count)])
    rows = ReadPosition.objects.filter(among, reader=place("reader"), thread__last_number__gt=F("number"))
    posts = Post.objects.filter(thread=OuterRef("thread"), number__gt=OuterRef("number"))
    beyond = _public(posts, place("reader"), is_sifted)
    return Prepared(lambda: rows.values_list("thread_id", _count(beyond), _first(beyond)))


@lru_cache(maxsize=40)
def _missed(count: int, is_sifted: bool) -> Prepared:
    """Return the query for the number of the first post that is not among `count` seen ones."""
    reader, thread = place("reader"), place("thread")
    position = Subquery(ReadPosition.objects.filter(reader=reader, thread=thread).values("number"))
    begin = Coalesce(position, place("begin"), output_field=IntegerField())
    posts = Post.objects.filter(thread=thread, number__gt=begin, number__lte=place("last"))
    seen = In(F("number"), [place(f"seen{n}") for n in range(count)])
    unseen = _public(posts, reader, is_sifted).filter(~Q(seen)).order_by("number")
    return Prepared(lambda: unseen.values_list("number")[:1], writes=True)


def _public(posts: QuerySet[Post], reader: Value, is_sifted: bool) -> QuerySet[Post]:
    met = met_by(any_reader(is_sifted=is_sifted), "author")
    return posts.filter(met, ~Q(author=reader), hidden_at=None, deleted_at=None)


def _count(posts: QuerySet[Post]) -> CountUpTo:
    return CountUpTo(posts, MOST_COUNTED, along="number")


def _first(posts: QuerySet[Post]) -> Subquery:
    return Subquery(posts.order_by("number").values("number")[:1])
