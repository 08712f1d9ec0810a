"""Lists of the threads of a category, of a tag and of a period, which `keyset_page` reads part by part.

A category's list has a part for each category within it, and a tag's list one for each tag within it. A tag's part is
read from `TagListing`, a row for each tag of each public thread with copies of the columns that lists sort by,
because no index spans a thread and its tags. The best of a period are read from `TopListing`, because no index has
both a range of dates and the order of scores: a thread has a row for each period that it is in, and housekeeping
deletes the row when it is older. In a tag's list it has one row, which says the shortest period, and housekeeping
moves the row on: the best of a week are those of a day and of a week.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.signals import m2m_changed, post_save
from django.utils import timezone

from community.common import housekeeping
from community.common.prepared import PreparedUpdate, place

from .models import Period, Tag, TagListing, Thread, TopListing
from .querysets import TagListingQuerySet, ThreadQuerySet

type Part = ThreadQuerySet | TagListingQuerySet

SPANS = {
    Period.DAY: timedelta(days=1),
    Period.WEEK: timedelta(days=7),
    Period.MONTH: timedelta(days=30),
    Period.YEAR: timedelta(days=365),
}
RANKED_BY = ("kind", "category", "score")

SORTED_BY = ("last_post_at", "published_at", "score", "is_unanswered")
# What the rows of a thread in the lists of tags, and of periods, depend on.
OF_TAGS = frozenset(
    {"kind", "score", "last_post_at", "published_at", "hidden_at", "deleted_at", "answer_count", "held_at"}
)
OF_PERIODS = frozenset({"kind", "category", "category_id", "score", "published_at", "hidden_at", "deleted_at"})
UNANSWERED = Case(When(Q(kind="question", answer_count=0, held_at=None), then=Value(True)), default=Value(False))


def parts_of_category(keys: Iterable[int]) -> list[Part]:
    """Return the public threads of each of these categories: one and all within it."""
    return [Thread.objects.public().filter(category=key) for key in keys]


def parts_of_tags(keys: Iterable[int]) -> list[Part]:
    """Return the public threads of each of these tags: one and all within it (content/tag_tree.py)."""
    return [TagListing.objects.filter(tag=key) for key in keys]


def parts_of_period(
    period: str, *, kind: str = "", categories: Sequence[int] = (), tags: Sequence[int] = ()
) -> Sequence[QuerySet[TopListing] | TagListingQuerySet]:
    """Return the public threads of a period: all, those of a kind, of each of these categories, or of each tag."""
    if tags:
        shorter = Period.values[: Period.values.index(period) + 1]
        return [TagListing.objects.filter(tag=key, period=each) for key in tags for each in shorter]
    rows = TopListing.objects.filter(period=period)
    if categories:
        return [rows.filter(category=key) for key in categories]
    return [rows.filter(kind=kind) if kind else rows]


def rescore(thread_id: int) -> None:
    """Copy a thread's score to its rows among the best of periods, in one statement, and in the lists of tags."""
    score = Thread.objects.filter(pk=OuterRef("thread")).values("score")
    TopListing.objects.filter(thread=thread_id).update(score=Subquery(score))
    refresh(thread_id)


def refresh(thread_id: int) -> None:
    """Copy a thread's columns to its rows in the lists of tags, in one statement."""
    _refreshed().run(thread=thread_id)


@cache
def _refreshed() -> PreparedUpdate:
    thread = Thread.objects.filter(pk=OuterRef("thread")).annotate(is_unanswered=UNANSWERED)
    copied = {name: Subquery(thread.values(name)) for name in SORTED_BY}
    return PreparedUpdate(lambda: TagListing.objects.filter(thread=place("thread")), **copied)


def relist(threads: ThreadQuerySet) -> None:
    """Write anew the rows of these threads in the lists of tags and periods: none for a thread that is not public."""
    _retag(threads)
    _rank(threads)


def _retag(threads: ThreadQuerySet) -> None:
    TagListing.objects.filter(thread__in=threads.order_by().values("pk")).delete()
    tagged = threads.public().filter(tags__isnull=False).annotate(is_unanswered=UNANSWERED)
    rows = tagged.order_by("pk", "tags").values("tags", "pk", *SORTED_BY).iterator(chunk_size=2_000)
    TagListing.objects.bulk_create(
        (
            TagListing(tag_id=row.pop("tags"), thread_id=row.pop("pk"), **row, **_age(row["published_at"]))
            for row in rows
        ),
        batch_size=2_000,
    )


def _rank(threads: ThreadQuerySet) -> None:
    TopListing.objects.filter(thread__in=threads.order_by().values("pk")).delete()
    recent = threads.public().filter(published_at__gt=timezone.now() - SPANS[Period.YEAR]).order_by("pk")
    rows = recent.values("pk", "published_at", *RANKED_BY).iterator(chunk_size=2_000)
    TopListing.objects.bulk_create((each for row in rows for each in _listings(**row)), batch_size=2_000)


def _listings(*, pk: int, published_at: datetime, category: int | None, **copied: Any) -> Iterator[TopListing]:
    """Yield the rows of a public thread, one for each period that it is in."""
    for period, span in SPANS.items():
        if published_at + span > timezone.now():
            columns = {"thread_id": pk, "category_id": category, "leaves_at": published_at + span}
            yield TopListing(period=period, **columns, **copied)


def _age(published_at: datetime) -> dict[str, Any]:
    """Return the shortest period that a thread is in, and when it leaves that."""
    for period, span in SPANS.items():
        if published_at + span > timezone.now():
            return {"period": period, "leaves_at": published_at + span}
    return {"period": "", "leaves_at": None}


def sweep() -> int:
    """Delete rows of threads that are older than their period."""
    return housekeeping.delete_batch(TopListing.objects.filter(leaves_at__lte=timezone.now()))


def move_on() -> int:
    """Give rows in the lists of tags the next period when their threads are older, a batch of them."""
    rows = list(TagListing.objects.filter(leaves_at__lte=timezone.now()).order_by("leaves_at")[: housekeeping.BATCH])
    for row in rows:
        age = _age(row.published_at)
        row.period, row.leaves_at = age["period"], age["leaves_at"]
    return TagListing.objects.bulk_update(rows, ["period", "leaves_at"])


def drifted() -> set[int]:
    """Return the keys of threads whose rows in the lists of tags or periods are missing, left over or different."""
    return wrongly_tagged() | wrongly_ranked()


def wrongly_ranked() -> set[int]:
    missing = {
        pk
        for period, span in SPANS.items()
        for pk in Thread.objects.public()
        .filter(~Exists(TopListing.objects.filter(period=period, thread=OuterRef("pk"))))
        .filter(published_at__gt=timezone.now() - span)
        .values_list("pk", flat=True)
    }
    as_filed = Q(category=F("thread__category")) | Q(category=None, thread__category=None)
    public = Q(thread__published_at__isnull=False, thread__hidden_at=None, thread__deleted_at=None)
    same = public & as_filed & Q(score=F("thread__score"), kind=F("thread__kind"))
    return missing.union(TopListing.objects.exclude(same).values_list("thread", flat=True))


def wrongly_tagged() -> set[int]:
    tagged, public = Thread.tags.through.objects, Thread.objects.public().filter(pk=OuterRef("thread"))
    row_of = {"thread": OuterRef("thread"), "tag": OuterRef("tag")}
    missing = tagged.filter(Exists(public), ~Exists(TagListing.objects.filter(**row_of)))
    same = public.annotate(is_unanswered=UNANSWERED).filter(**{name: OuterRef(name) for name in SORTED_BY})
    wrong = TagListing.objects.filter(~Exists(same) | ~Exists(tagged.filter(**row_of)) | _has_wrong_age())
    return {*missing.values_list("thread", flat=True), *wrong.values_list("thread", flat=True)}


def _has_wrong_age() -> Q:
    """Match rows whose period is too long, or will be too short; housekeeping may be late."""
    now, found, younger = timezone.now(), Q(period="", leaves_at__isnull=False), timedelta()
    for period, span in SPANS.items():
        found |= Q(period=period) & (Q(published_at__gt=now - younger) | Q(leaves_at=None))
        found |= Q(period=period, leaves_at__gt=now, published_at__lte=now - span)
        younger = span
    return found | Q(period="", published_at__gt=now - younger)


def connect() -> None:
    """Keep the lists of tags and periods up to date with threads that are saved, with their tags and with time."""
    housekeeping.register("places among the best of a period", sweep)
    housekeeping.register("periods in the lists of tags", move_on)
    post_save.connect(_thread_saved, sender=Thread, dispatch_uid="content.listings")
    m2m_changed.connect(_tags_changed, sender=Thread.tags.through, dispatch_uid="content.listings")


def _thread_saved(
    instance: Thread, created: bool, update_fields: Collection[str] | None = None, **sent: object
) -> None:
    threads = Thread.objects.filter(pk=instance.pk)
    if not created and _concern(update_fields, OF_TAGS):  # a new one has no tags yet
        _retag(threads)
    if _concern(update_fields, OF_PERIODS):
        _rank(threads)


def _concern(saved: Collection[str] | None, columns: frozenset[str]) -> bool:
    """Return whether any of these columns is saved; all are if `saved` is None."""
    return saved is None or not columns.isdisjoint(saved)


def _tags_changed(instance: Thread | Tag, action: str, reverse: bool, pk_set: Sequence[int] | None, **sent) -> None:
    if action.startswith("post_"):
        _retag(Thread.objects.filter(pk__in=pk_set or ()) if reverse else Thread.objects.filter(pk=instance.pk))
