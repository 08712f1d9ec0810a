"""Denormalised counters and their recounts. Higher apps register theirs in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from community.common.walk import batches

from .models import Category, Post, Role, Tag, Thread

SHOWN = Q(hidden_at=None, deleted_at=None)


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter: `rows` annotates the correct value as `counted`, to compare with the column `column`."""

    name: str
    column: str
    rows: Callable[[], QuerySet]


@dataclass(frozen=True, slots=True)
class Drift:
    counter: str
    pk: int
    kept: object
    counted: object

    def __str__(self) -> str:
        return f"{self.counter} of {self.pk}: kept {self.kept}, counted {self.counted}"


_counters: dict[str, Counter] = {}


def register(counter: Counter) -> None:
    _counters[counter.name] = counter


def drifts() -> Iterator[Drift]:
    """Yield every counter that differs from its recount."""
    return (drift for drift in walk() if drift is not None)


def walk() -> Iterator[Drift | None]:
    """Yield every counter that differs from its recount, and None after each batch of rows."""
    for counter in _counters.values():
        for keys in batches(counter.rows().model.objects.all()):
            yield from _drifts_of(counter, keys)
            yield None


def _drifts_of(counter: Counter, keys: list[int]) -> Iterator[Drift]:
    rows = counter.rows().filter(pk__gte=keys[0], pk__lte=keys[-1])
    wrong = rows.exclude(**{counter.column: F("counted")}).values_list("pk", counter.column, "counted")
    return (Drift(counter.name, *row) for row in wrong)


@transaction.atomic
def mend(drift: Drift) -> None:
    """Set a counter to what is counted now. Its row is locked, as by all that change it."""
    counter = _counters[drift.counter]
    rows = counter.rows().model.objects.filter(pk=drift.pk)
    list(rows.select_for_update().values_list("pk"))
    counted = counter.rows().filter(pk=drift.pk).values_list("counted", flat=True).first()
    if counted is not None:
        rows.update(**{counter.column: counted})


def _of_posts(shown: Q, aggregate) -> Coalesce:
    counted = (
        Post.objects.filter(shown, thread=OuterRef("pk")).order_by().values("thread").annotate(n=aggregate).values("n")
    )
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())


def _post_count() -> QuerySet:
    return Thread.objects.annotate(counted=_of_posts(SHOWN, Count("pk")))


def _answer_count() -> QuerySet:
    return Thread.objects.annotate(counted=_of_posts(SHOWN & Q(role=Role.ANSWER), Count("pk")))


def _last_number() -> QuerySet:
    """Return the check for `last_number`; numbers are never reused, so only a value that is too small is wrong."""
    return (
        Thread.objects.annotate(highest=_of_posts(Q(), Max("number")))
        .filter(last_number__lt=F("highest"))
        .annotate(counted=F("highest"))
    )


def _thread_score() -> QuerySet:
    opening = Post.objects.filter(thread=OuterRef("pk"), role=Role.OPENING).values("score")
    return Thread.objects.annotate(counted=Coalesce(Subquery(opening), 0))


def _last_post_at() -> QuerySet:
    newest = (
        Post.objects.filter(SHOWN | Q(role=Role.OPENING), thread=OuterRef("pk"))
        .order_by("-created_at")
        .values("created_at")
    )
    return Thread.objects.annotate(counted=Subquery(newest[:1])).filter(counted__isnull=False)


def _threads_of_tag() -> QuerySet:
    public = Q(threads__published_at__isnull=False, threads__hidden_at=None, threads__deleted_at=None)
    return Tag.objects.annotate(counted=Count("threads", filter=public))


def _threads_of_category() -> QuerySet:
    public = Thread.objects.public().filter(category=OuterRef("pk")).order_by()
    counted = public.values("category").annotate(n=Count("pk")).values("n")
    return Category.objects.annotate(counted=Coalesce(Subquery(counted), 0, output_field=IntegerField()))


for _counter in (
    Counter("Thread.post_count", "post_count", _post_count),
    Counter("Thread.answer_count", "answer_count", _answer_count),
    Counter("Thread.last_number", "last_number", _last_number),
    Counter("Thread.score", "score", _thread_score),
    Counter("Thread.last_post_at", "last_post_at", _last_post_at),
    Counter("Tag.thread_count", "thread_count", _threads_of_tag),
    Counter("Category.thread_count", "thread_count", _threads_of_category),
):
    register(_counter)
