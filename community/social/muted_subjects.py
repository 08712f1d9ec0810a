"""Threads with tags or in categories that a reader muted: their lists and feed leave these out, and say how many."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from community.accounts.models import User
from community.common.subqueries import looked_up, not_looked_up
from community.content.models import Category, Thread
from community.content.notices import BY_LEVEL
from community.content.querysets import Reader
from community.social.levels import Level
from community.social.models import Follow


def has_muted(subject: str) -> Combinable:
    """Match people who muted a tag, or a category."""
    muted = Follow.objects.muted().filter(follower=OuterRef("pk"), **{f"{subject}__isnull": False})
    return Case(When(Exists(muted), then=Value(True)), default=Value(False))


def mutes_any(reader: Reader) -> bool:
    """Return whether a reader muted a tag or a category."""
    return _mutes(reader, "tag") or _mutes(reader, "category")


def with_muted(reader: Reader, threads: Collection[int], *, is_of_category: bool = False) -> set[int]:
    """Return those of these threads that have a muted tag or are in a muted category, in one query.

    A list that `is_of_category` was asked for by its name: of that, tags alone count.
    """
    categories = () if is_of_category else muted_categories(reader)
    muted = _muted(reader, OuterRef("pk"), categories, "category")
    return set(Thread.objects.filter(muted, pk__in=threads).exclude(author=reader.pk).values_list("pk", flat=True))


def without_muted(reader: Reader) -> Q:
    """Match rows that refer to a `thread` without any. It is looked up row by row."""
    return Q(thread__author=reader.pk) | ~_muted(
        reader, OuterRef("thread"), muted_categories(reader), "thread__category"
    )


def unmuted(reader: User) -> Q:
    """Match notifications of threads without any, for what waits to be sent: the delivery asked about levels before.

    What it does not ask about levels for, such as that one's answer was accepted, is sent in any case.
    """
    muted = _muted(reader, OuterRef("pk"), muted_categories(reader), "category")
    threads = Thread.objects.filter(muted, pk=OuterRef("subject")).exclude(author=reader.pk)
    return ~Q(verb__in=BY_LEVEL) | not_looked_up(threads)


def muted_categories(reader: Reader) -> Collection[int]:
    """Return the keys of the categories that a reader muted: of nested ones the nearest with a level counts.

    They are read once for the person of a request.
    """
    if not _mutes(reader, "category"):
        return ()
    if hasattr(reader, "muted_categories"):
        return reader.muted_categories
    found = _read_categories(reader)
    if hasattr(reader, "has_muted_category"):
        reader.muted_categories = found  # type: ignore[union-attr]
    return found


def _read_categories(reader: Reader) -> Collection[int]:
    chosen = Follow.objects.filter(follower=reader.pk, category__isnull=False)
    levels = dict(chosen.values_list("category", "level"))
    if Level.MUTED not in levels.values():
        return ()
    paths = Category.objects.paths().items()
    nearest = {key: next((levels[each] for each in path if each in levels), None) for key, path in paths}
    return tuple(key for key, level in nearest.items() if level == Level.MUTED)


def _mutes(reader: Reader, subject: str) -> bool:
    """Return whether a reader muted any tag or category, as the session told."""
    return reader is not None and reader.is_authenticated and getattr(reader, f"has_muted_{subject}", True)


def _muted(reader: Reader, thread: OuterRef, categories: Collection[int], category: str) -> Q:
    """Match what is muted.

    As with notifications, the level of a thread itself goes before that of its tags and category.
    """
    muted = looked_up(_tagged(reader, thread))
    if categories:
        muted |= Q(**{f"{category}__in": categories})
    chosen = Follow.objects.filter(follower=reader.pk, thread=thread, level__gt=Level.MUTED)
    return muted & not_looked_up(chosen)


def _tagged(reader: Reader, thread: OuterRef) -> QuerySet:
    muted = Follow.objects.muted().filter(follower=reader.pk, tag=OuterRef("tag"))
    return Thread.tags.through.objects.filter(looked_up(muted), thread=thread)
