"""Threads with tags that a reader muted: their lists and feed leave these out, and say how many."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from community.common.subqueries import looked_up, not_looked_up
from community.content.models import Thread
from community.content.querysets import Reader
from community.social.levels import Level
from community.social.models import Follow


def has_muted_tags() -> Combinable:
    """Match people who muted a tag."""
    muted = Follow.objects.muted().filter(follower=OuterRef("pk"), tag__isnull=False)
    return Case(When(Exists(muted), then=Value(True)), default=Value(False))


def mutes_tags(reader: Reader) -> bool:
    """Return whether a reader muted a tag, as the session told."""
    return reader is not None and reader.is_authenticated and getattr(reader, "has_muted_tags", True)


def with_muted_tags(reader: Reader, threads: Collection[int]) -> set[int]:
    """Return those of these threads that have a muted tag, in one query."""
    return set(_tagged(reader).filter(thread__in=threads).values_list("thread", flat=True))


def without_muted_tags(reader: Reader) -> Q:
    """Match rows that refer to a `thread` without a muted tag. It is looked up row by row."""
    return not_looked_up(_tagged(reader).filter(thread=OuterRef("thread")))


def _tagged(reader: Reader) -> QuerySet:
    """Return tags of threads that are muted.

    As with notifications, the level of a thread itself goes before that of its tags. One's own threads stay too.
    """
    muted = Follow.objects.muted().filter(follower=reader.pk, tag=OuterRef("tag"))
    chosen = Follow.objects.filter(follower=reader.pk, thread=OuterRef("thread"), level__gt=Level.MUTED)
    return Thread.tags.through.objects.filter(looked_up(muted), not_looked_up(chosen)).exclude(thread__author=reader.pk)
