"""Looks at saved searches for new results, and notifies their owners.

A post is new when it is published: `created_at` is that moment for an opening post too, which its thread as a draft has
had in the index for long. The last minute is left to the next look, since a post is committed a moment after it is
dated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import NamedTuple

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from community.content.indexing import KIND as POST
from community.content.models import Post
from community.notifications.mail.composing import as_read_by
from community.notifications.models import Notification
from community.notifications.querysets import as_member
from community.notifications.services import Event, notify_of
from community.saved.models import SavedSearch
from community.saved.notices import KIND, VERB, key_of
from community.search.selectors import documents_of, find_among

BATCH = 50
SETTLED = timedelta(minutes=1)
EVERY = timedelta(minutes=5)
AGAIN = timedelta(hours=1)
"""After a notification, for there is no other one of the same search before, and after a failure."""
LONGEST_GAP = timedelta(days=7)
"""What is older, after the workers were away, is not told."""
MOST_NEW = 1_000
"""Posts of one look; the next look goes on with those after them."""
MOST_AT_ONCE = 5_000
"""Posts of one and the same moment, if there are more than MOST_NEW of them. What is beyond is not told."""
MOST_SECONDS = 5.0
"""After which the searches of a look that were not asked wait for the next one."""

logger = structlog.get_logger(__name__)


class NewPost(NamedTuple):
    pk: int
    author_id: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """Posts published up to a moment, and whether there are no later ones."""

    posts: Sequence[NewPost]
    until: datetime
    is_all: bool


def watch() -> int:
    """Look at the saved searches that are due, and return how many had new results.

    They are taken in one transaction and told in another, so that none is open while the index is asked; a worker that
    is killed in between has told nothing, and the next look begins where this one did.
    """
    rows = _taken()
    if not rows:
        return 0
    news = _news(min(row.since for row in rows))
    return _tell(rows, _counted(rows, news), news)


def _taken() -> list[SavedSearch]:
    """Return searches that are due, and let no other worker look at them for a while."""
    now = timezone.now()
    due = SavedSearch.objects.filter(look_at__lte=now).order_by("look_at", "pk")
    if not due.exists():
        return []
    with transaction.atomic():
        locked = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).select_related("owner")
        rows = list(locked[:BATCH])
        SavedSearch.objects.filter(pk__in=[row.pk for row in rows]).update(look_at=now + EVERY)
    return rows


def _news(since: datetime) -> News:
    """Return what was published after a moment, the first MOST_NEW of it."""
    until = timezone.now() - SETTLED
    rows = Post.objects.public().filter(created_at__gt=max(since, until - LONGEST_GAP), created_at__lte=until)
    columns = rows.order_by("created_at", "pk").values_list("pk", "author_id", "created_at")
    found = list(map(NewPost._make, columns[: MOST_NEW + 1]))
    if len(found) <= MOST_NEW:
        return News(found, until, is_all=True)
    # Posts of one moment stay together.
    whole = [post for post in found if post.created_at < found[-1].created_at]
    if not whole:
        of_one_moment = columns.filter(created_at=found[0].created_at)
        whole = list(map(NewPost._make, of_one_moment[:MOST_AT_ONCE]))
    return News(whole, whole[-1].created_at, is_all=False)


def _counted(rows: Sequence[SavedSearch], news: News) -> dict[int, int | None]:
    """Return how many posts are new to each search, of one at least and of no more than there is time for.

    None for one that cannot be asked, which does not keep the others from being asked.
    """
    documents = documents_of(POST, [post.pk for post in news.posts]) if news.posts else {}
    counts: dict[int, int | None] = {}
    end = monotonic() + MOST_SECONDS
    for row in rows:
        counts[row.pk] = _count(row, news, documents)
        if monotonic() >= end:
            break
    return counts


def _count(row: SavedSearch, news: News, documents: Mapping[int, int]) -> int | None:
    """Return how many posts by others are new to a search, of those that its owner sees as a member.

    None if it fails while the connection is usable: an error such as a timeout is then its own, and may pass. Otherwise
    the database is away, which ends the look: the next one asks them all.
    """
    new = (post.pk for post in news.posts if post.created_at > row.since and post.author_id != row.owner_id)
    keys = [documents[pk] for pk in new if pk in documents]
    if not keys or not row.owner.is_active:
        return 0
    try:
        with as_read_by(row.owner), transaction.atomic() if connection.in_atomic_block else nullcontext():
            return len(find_among(row.query, as_member(row.owner), keys))
    except Exception as error:
        if isinstance(error, (InterfaceError, OperationalError)) and not connection.is_usable():
            raise
        logger.exception("a saved search failed", search=row.pk)
        return None


@transaction.atomic
def _tell(rows: Sequence[SavedSearch], counts: Mapping[int, int | None], news: News) -> int:
    """Notify of what was found, and let the searches go on after it; not of those deleted or looked at meanwhile.

    Of what is left to the next look, be it searches or posts, it is due now. A search that failed stays where it
    is, and is set aside for a while.
    """
    before, now = {row.pk: row.since for row in rows}, timezone.now()
    locked = SavedSearch.objects.select_for_update(no_key=True).order_by("pk").filter(pk__in=before)
    there = [row for row in locked if row.since == before[row.pk]]
    told = [row for row in there if counts.get(row.pk)]
    for row in told:
        row.told_at, row.look_at = now, now + AGAIN
    for row in there:
        if row.pk not in counts:
            row.look_at = now
        elif counts[row.pk] is None:
            row.look_at = now + AGAIN
        else:
            row.since = max(row.since, news.until)
            row.look_at = row.look_at if news.is_all else now
    SavedSearch.objects.bulk_update(there, ["since", "look_at", "told_at"])
    if told:
        unread = _withdrawn(told)
        notify_of([_event(row, (counts[row.pk] or 0) + unread.get(key_of(row.pk), 0)) for row in told])
    return len(told)


def _withdrawn(rows: Sequence[SavedSearch]) -> dict[str, int]:
    """Delete the earlier notifications of these searches, and return the results of those that nobody has seen yet."""
    keys, owners = [key_of(row.pk) for row in rows], {row.owner_id for row in rows}
    earlier = Notification.objects.filter(recipient__in=owners, key__in=keys)
    unseen = earlier.unread().filter(Q(is_mail_only=False) | Q(mailed_at=None))
    counts = {key: int(note) for key, note in unseen.values_list("key", "note")}
    earlier.delete()
    return counts


def _event(row: SavedSearch, count: int) -> Event:
    return Event(
        listeners={row.owner_id: VERB},
        actor=None,
        target_kind=KIND,
        target_id=row.pk,
        key=key_of(row.pk),
        note=str(count),
    )
