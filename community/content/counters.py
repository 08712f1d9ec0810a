"""Denormalised counters and their recounts. Higher apps register theirs in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from .models import Post, Role, Tag, Thread

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
    for counter in _counters.values():
        wrong = counter.rows().exclude(**{counter.column: F("counted")})
        for pk, kept, counted in wrong.values_list("pk", counter.column, "counted"):
            yield Drift(counter.name, pk, kept, counted)


def mend(drift: Drift) -> None:
    counter = _counters[drift.counter]
    rows = counter.rows().model.objects.filter(pk=drift.pk)
    rows.update(**{counter.column: drift.counted})


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


def _thread_count() -> QuerySet:
    public = Q(threads__published_at__isnull=False, threads__hidden_at=None, threads__deleted_at=None)
    return Tag.objects.annotate(counted=Count("threads", filter=public))


for _counter in (
    Counter("Thread.post_count", "post_count", _post_count),
    Counter("Thread.answer_count", "answer_count", _answer_count),
    Counter("Thread.last_number", "last_number", _last_number),
    Counter("Thread.score", "score", _thread_score),
    Counter("Thread.last_post_at", "last_post_at", _last_post_at),
    Counter("Tag.thread_count", "thread_count", _thread_count),
):
    register(_counter)
