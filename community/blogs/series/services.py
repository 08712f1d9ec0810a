"""Changes of series. A series is locked while its order changes, so that two tabs move one part after the other."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q

from community.accounts.models import User
from community.accounts.policies import refuse_unconfirmed
from community.audit.actions import Action
from community.audit.services import record
from community.blogs.models import Article, Part, Series, SeriesFollow
from community.blogs.series.errors import (
    ChangedMeanwhile,
    NotYourArticle,
    NotYourSeries,
    SeriesFull,
    SeriesGone,
    TitleTaken,
    TooManySeries,
)
from community.blogs.tasks import tell_of_part
from community.content.policies import is_public, is_staff
from community.mutes.errors import CannotFollow, refuse_apart
from community.mutes.models import Mute
from community.mutes.services import hold

MOST_SERIES, MOST_PARTS = 50, 100
UP, DOWN = "up", "down"


@transaction.atomic
def put_article(*, article: Article, by: User, into: Series | None = None, new_title: str = "") -> Series | None:
    """Put an article into one of its author's series, as the last part, or into none.

    With a `new_title` the series is created, unless there is one of this title. Followers are notified of an article
    that is public. Raises NotYourArticle, SeriesGone, SeriesFull, TooManySeries, EmailUnconfirmed.
    """
    refuse_unconfirmed(by)
    if article.thread.author_id != by.pk:
        raise NotYourArticle
    if new_title:
        into = _with_title(by, new_title)
    if into is None:
        Part.objects.filter(article=article).delete()
        return None
    series = _locked(into.pk, by)
    if Part.objects.filter(article=article, series=series).exists():
        return series
    last = Part.objects.filter(series=series).order_by("-position").values_list("position", flat=True)
    if last.count() >= MOST_PARTS:
        raise SeriesFull(MOST_PARTS)
    place = {"series": series, "position": (last.first() or 0) + 1}
    Part.objects.update_or_create(article=article, defaults=place)
    if is_public(article.thread):
        tell_of_part.enqueue(article_id=article.pk)
    return series


@transaction.atomic
def change_series(*, series: Series, title: str, about: str, base: tuple[str, str]) -> Series:
    """Change title and description. `base` is as both were when the form was opened.

    Raises SeriesGone, TitleTaken, and ChangedMeanwhile if both are different by now.
    """
    row = _locked(series.pk, series.owner)
    if (row.title, row.about) not in (base, (title, about)):
        raise ChangedMeanwhile
    row.title, row.about = title, about
    try:
        with transaction.atomic():
            row.save(update_fields=["title", "about"])
    except IntegrityError:
        raise TitleTaken from None
    return row


@transaction.atomic
def delete_series(*, series: Series, by: User) -> None:
    """Delete a series, as its owner or a moderator. Its articles stay as they are. Raises NotYourSeries."""
    if series.owner_id != by.pk and not is_staff(by):
        raise NotYourSeries
    gone, _rows = Series.objects.filter(pk=series.pk).delete()
    if gone and series.owner_id != by.pk:
        changes = {"title": (series.title, ""), "description": (series.about, "")}
        record(actor=by, action=Action.REMOVE_SERIES, target=series.owner, changes=changes)


@transaction.atomic
def move_part(*, owner: User, article_id: int, to: str) -> Series | None:
    """Exchange a part with the one before it (UP) or after it (DOWN); nothing at an end. Returns its series."""
    part = Part.objects.filter(article=article_id, series__owner=owner).select_related("series").first()
    if part is None:
        return None
    series = _locked(part.series_id, owner)
    keys = list(Part.objects.filter(series=series).order_by("position", "article").values_list("article", flat=True))
    if article_id not in keys:
        return series
    place = keys.index(article_id)
    other = place - 1 if to == UP else place + 1
    if 0 <= other < len(keys):
        keys[place], keys[other] = keys[other], keys[place]
        parts = [Part(article_id=key, series=series, position=position) for position, key in enumerate(keys, 1)]
        Part.objects.bulk_update(parts, ["position"])
    return series


@transaction.atomic
def follow_series(*, series: Series, follower: User, on: bool) -> None:
    """Notify a person of new parts of a series, or no longer; idempotent. Raises CannotFollow."""
    if not on:
        SeriesFollow.objects.filter(series=series, follower=follower).delete()
        return
    hold(follower, series.owner)
    refuse_apart(follower, [series.owner_id], CannotFollow)
    SeriesFollow.objects.get_or_create(series=series, follower=follower)


def after_mute(mute: Mute) -> None:
    """End what two people follow of each other's series, if it is a block."""
    if mute.is_block:
        one, other = mute.person_id, mute.other_id
        of_each_other = Q(follower=one, series__owner=other) | Q(follower=other, series__owner=one)
        SeriesFollow.objects.filter(of_each_other).delete()


def _with_title(owner: User, title: str) -> Series:
    """Return a person's series of this title, or a new one. Locks the person, so that two tabs keep to the limit."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
    found = Series.objects.filter(owner=owner, title=title).first()
    if found is not None:
        return found
    if Series.objects.filter(owner=owner).count() >= MOST_SERIES:
        raise TooManySeries(MOST_SERIES)
    return Series.objects.get_or_create(owner=owner, title=title)[0]


def _locked(pk: int, owner: User) -> Series:
    row = Series.objects.select_for_update(no_key=True).filter(pk=pk, owner=owner).first()
    if row is None:
        raise SeriesGone
    return row
