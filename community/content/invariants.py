"""Invariants of threads and posts."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q

from community.common import invariants

from . import counters, listings
from .models import Post, ReadPosition, Revision, Role, Tag, Thread


def register() -> None:
    invariants.register("counters equal a recount", _drifts)
    invariants.register("lists of tags and periods equal their threads", _wrongly_listed)
    invariants.register("one accepted answer a question", _accepted)
    invariants.register("every thread has its opening post", _without_opening)
    invariants.register("comments stand in the thread of their post", _misplaced)
    invariants.register("no history before publication", _older_than_public)
    invariants.register("no tag is a synonym of a synonym", _synonyms_of_synonyms)
    invariants.register("nobody has read beyond the newest post", _read_beyond)


def _drifts() -> Iterator[str | None]:
    return (None if drift is None else str(drift) for drift in counters.walk())


def _wrongly_listed() -> Iterator[str]:
    return (f"thread {pk} is wrong in the list of a tag or a period" for pk in sorted(listings.drifted()))


def _accepted() -> Iterator[str]:
    wrong = Thread.objects.filter(solved_post__isnull=False).exclude(
        solved_post__thread=F("pk"), solved_post__role=Role.ANSWER
    )
    return (f"thread {pk} has accepted what is no answer of its own" for pk in wrong.values_list("pk", flat=True))


def _without_opening() -> Iterator[str]:
    opening = Post.objects.filter(thread=OuterRef("pk"), role=Role.OPENING, number=1)
    return (f"thread {pk} has none" for pk in Thread.objects.exclude(Exists(opening)).values_list("pk", flat=True))


def _misplaced() -> Iterator[str]:
    children = Post.objects.filter(parent__isnull=False)
    wrong = children.filter(~Q(thread=F("parent__thread")) | Q(parent__parent__isnull=False) | Q(parent=F("pk")))
    return (f"post {pk} stands under post {parent}" for pk, parent in wrong.values_list("pk", "parent"))


def _older_than_public() -> Iterator[str]:
    revisions = Revision.objects.filter(post__role=Role.OPENING, created_at__lt=F("post__thread__published_at"))
    return (f"post {pk} shows a version of its draft" for pk in revisions.values_list("post", flat=True).distinct())


def _read_beyond() -> Iterator[str]:
    return (str(position) for position in ReadPosition.objects.filter(number__gt=F("thread__last_number")))


def _synonyms_of_synonyms() -> Iterator[str]:
    wrong = Tag.objects.filter(synonym_of__synonym_of__isnull=False)
    return (f"tag {pk} is a synonym of tag {of}" for pk, of in wrong.values_list("pk", "synonym_of"))
