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
from community.common.lookups import get_or_not_found
from community.common.subqueries import MOST_COUNTED, CountUpTo, looked_up
from community.content import topics
from community.content.models import ReadPosition, Thread
from community.content.policies import is_staff
from community.content.querysets import Reader
from community.mutes.selectors import hidden_among, standing


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
    if series is None or not series.owner.is_active or standing(reader, series.owner).is_apart:
        raise NotFound
    parts, is_own = seen_parts(series, reader), series.owner_id == reader.pk
    if not parts and not is_own:
        raise NotFound
    is_followed = reader.is_authenticated and SeriesFollow.objects.filter(series=series, follower=reader).exists()
    return SeriesPage(series, parts, _read(parts, reader), is_own, is_followed)


def seen_parts(series: Series, reader: Reader) -> list[Part]:
    """Return the parts that a reader sees, in order."""
    rows = _parts(series, reader).select_related("article__thread__author").fetch_mode(FETCH_RAISE)
    found = list(rows[:MOST_PARTS])
    _shows_parts(series, [part.article_id for part in found])
    return [part for part in found if part.is_seen]  # type: ignore[attr-defined]


def place_of(article: Article, reader: Reader) -> Place | None:
    """Return an article's place in its series, in three queries or none. `part` must have been read with it.

    None if its owner's account is closed: then the series has no page.
    """
    part: Part | None = getattr(article, "part", None)
    if part is None:
        return None
    page_cache.depends_on(f"series:{part.series_id}")  # read here, not with the article: not each ends with all series
    series = Series.objects.filter(pk=part.series_id).first()
    if series is None:
        return None
    topics.shows_person(series.owner_id)
    keys = _seen_keys(series, reader)
    if article.pk not in keys:
        return None
    at = keys.index(article.pk)
    before, after = keys[:at][-1:], keys[at + 1 :][:1]
    beside = Thread.objects.all().fetch_mode(FETCH_RAISE).in_bulk([*before, *after])
    first, last = (next((beside[key] for key in side if key in beside), None) for side in (before, after))
    return Place(series, at + 1, len(keys), first, last)


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


def series_to_delete(reader: User, pk: int) -> Series:
    """Return a series of one's own, for moderators anybody's. Raises NotFound."""
    if not is_staff(reader):
        return own_series(reader, pk)
    return get_or_not_found(Series.objects.select_related("owner"), pk=pk)


def follows_of(reader: User) -> QuerySet[SeriesFollow]:
    """Return a person's follows of series, for pages by key, with the number of public articles of each."""
    rows = SeriesFollow.objects.filter(follower=reader).select_related("series__owner")
    return rows.annotate(part_count=_public_parts("series"))


def find_series(follows: Sequence[SeriesFollow], reader: User) -> None:
    """Set `shown` on each of `follows_of`: the series.

    None if the reader cannot see it any more, or does not meet its owner.
    """
    hidden = hidden_among(reader, {follow.series.owner_id for follow in follows})
    for follow in follows:
        owner = follow.series.owner
        is_seen = owner.is_active and follow.part_count and owner.pk not in hidden  # type: ignore[attr-defined]
        follow.shown = follow.series if is_seen else None


def public_series_count(owner: OuterRef) -> CountUpTo:
    """Return a column of people: how many series everybody sees. A page with it says `topics.shows_person`."""
    public = Part.objects.filter(series=OuterRef("pk"), article__thread__in=Thread.objects.public())
    return CountUpTo(Series.objects.filter(looked_up(public), owner=owner), MOST_COUNTED)


def _parts(series: Series, reader: Reader) -> QuerySet:
    """Return all parts in order, each with whether a reader sees it."""
    seen = looked_up(Thread.objects.visible_to(reader).filter(pk=OuterRef("article")))
    rows = Part.objects.filter(series=series).annotate(is_seen=ExpressionWrapper(seen, output_field=BooleanField()))
    return rows.order_by("position", "article")


def _seen_keys(series: Series, reader: Reader) -> list[int]:
    """Return the keys of the articles that a reader sees, in order."""
    rows = _parts(series, reader).filter(series__owner__is_active=True)
    found = list(rows.values_list("article", "is_seen")[:MOST_PARTS])
    _shows_parts(series, [key for key, _is_seen in found])
    return [key for key, is_seen in found if is_seen]


def _shows_parts(series: Series, keys: Sequence[int]) -> None:
    """Say that a page shows a series with these parts, or shows that a reader does not see them."""
    page_cache.depends_on(f"series:{series.pk}")
    topics.shows_threads_with(keys)


def _public_parts(series: str = "pk") -> CountUpTo:
    """Return a column of rows whose series has its key in a column: how many articles of it everybody sees."""
    public = looked_up(Thread.objects.public().filter(pk=OuterRef("article")))
    return CountUpTo(Part.objects.filter(public, series=OuterRef(series)), MOST_COUNTED, along="position")


def _read(parts: Sequence[Part], reader: Reader) -> frozenset[int]:
    if not reader.is_authenticated or not parts:
        return frozenset()
    rows: QuerySet = ReadPosition.objects.filter(reader=reader, thread__in=[part.article_id for part in parts])
    return frozenset(rows.filter(number__gt=0).values_list("thread", flat=True))
