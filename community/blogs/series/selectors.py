"""Reads for pages of series and of the articles in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import FETCH_RAISE, BooleanField, ExpressionWrapper, OuterRef, QuerySet

from community.accounts.models import User
from community.blogs.models import Article, Part, Series, SeriesFollow
from community.blogs.series.services import MOST_PARTS, MOST_SERIES
from community.common import page_cache
from community.common.errors import NotFound
from community.common.subqueries import MOST_COUNTED, CountUpTo, looked_up
from community.content import topics
from community.content.models import ReadPosition, Thread
from community.content.querysets import Reader
from community.mutes.selectors import standing


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article is in its series, among the parts that a reader sees."""

    series: Series
    number: int
    total: int
    before: Thread | None
    after: Thread | None


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """A series with the parts that a reader sees; `read` are the threads of those that they have opened."""

    series: Series
    parts: Sequence[Part]
    read: frozenset[int]
    is_own: bool
    is_followed: bool

    @property
    def read_count(self) -> int:
        return len(self.read)

    @property
    def next_part(self) -> Part | None:
        """The first part that the reader has not opened; None if they have opened none or all."""
        unread = (part for part in self.parts if part.article_id not in self.read)
        return next(unread, None) if self.read else None


def series_page(reader: Reader, pk: int) -> SeriesPage:
    """Raises NotFound, also to who sees no part of it."""
    series = Series.objects.select_related("owner").filter(pk=pk).first()
    if series is None or standing(reader, series.owner).is_apart:
        raise NotFound
    parts, is_own = seen_parts(series, reader), series.owner_id == reader.pk
    if not parts and not is_own:
        raise NotFound
    is_followed = reader.is_authenticated and SeriesFollow.objects.filter(series=series, follower=reader).exists()
    return SeriesPage(series, parts, _read(parts, reader), is_own, is_followed)


def seen_parts(series: Series, reader: Reader) -> list[Part]:
    """Return the parts that a reader sees, in order."""
    seen = looked_up(Thread.objects.visible_to(reader).filter(pk=OuterRef("article")))
    rows = Part.objects.filter(series=series).annotate(is_seen=ExpressionWrapper(seen, output_field=BooleanField()))
    rows = rows.select_related("article__thread__author").order_by("position", "article").fetch_mode(FETCH_RAISE)
    page_cache.depends_on(f"series:{series.pk}")
    found = list(rows[:MOST_PARTS])
    for part in found:
        topics.shows_thread(part.article.thread)
    return [part for part in found if part.is_seen]  # type: ignore[attr-defined]


def place_of(article: Article, reader: Reader) -> Place | None:
    """Return an article's place in its series, in one query or none. `part__series` must have been read with it."""
    part: Part | None = getattr(article, "part", None)
    if part is None:
        return None
    threads = [each.article.thread for each in seen_parts(part.series, reader)]
    keys = [thread.pk for thread in threads]
    if article.pk not in keys:
        return None
    at = keys.index(article.pk)
    before = threads[at - 1] if at else None
    return Place(part.series, at + 1, len(keys), before, threads[at + 1] if at + 1 < len(keys) else None)


def series_of(owner: User, reader: Reader) -> list[Series]:
    """Return a person's series that a reader sees, by title, with the number of their public articles."""
    rows = Series.objects.filter(owner=owner).annotate(part_count=_public_parts()).order_by("title", "pk")
    return [each for each in rows[:MOST_SERIES] if each.part_count or owner == reader]


def own_series(owner: Reader, pk: int) -> Series:
    """Raises NotFound."""
    found = Series.objects.select_related("owner").filter(owner=owner.pk, pk=pk).first()
    if found is None:
        raise NotFound
    return found


def public_series_count(owner: OuterRef) -> CountUpTo:
    """Return a column of people: how many series everybody sees. A page with it says `topics.shows_person`."""
    public = Part.objects.filter(series=OuterRef("pk"), article__thread__in=Thread.objects.public())
    return CountUpTo(Series.objects.filter(looked_up(public), owner=owner), MOST_COUNTED)


def _public_parts() -> CountUpTo:
    public = looked_up(Thread.objects.public().filter(pk=OuterRef("article")))
    return CountUpTo(Part.objects.filter(public, series=OuterRef("pk")), MOST_COUNTED, along="position")


def _read(parts: Sequence[Part], reader: Reader) -> frozenset[int]:
    if not reader.is_authenticated or not parts:
        return frozenset()
    rows: QuerySet = ReadPosition.objects.filter(reader=reader, thread__in=[part.article_id for part in parts])
    return frozenset(rows.values_list("thread", flat=True))
