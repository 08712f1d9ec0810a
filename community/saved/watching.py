"""Looks at saved searches for new results, and notifies their owners.

What is new of each kind, and since when, its app says (`new` of the registry of searches): a post when it is published,
a person when they join, a tag with its first thread, a run when it has ended and is shown. A search that asks for no
kind is notified of posts. The last minute is left to the next look: a row is committed a moment after it is dated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import starmap
from time import monotonic

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from community.common.subqueries import MOST_COUNTED
from community.notifications.mail.composing import as_read_by
from community.notifications.models import Notification
from community.notifications.querysets import as_member
from community.notifications.services import Event, notify_of
from community.saved.models import NewResult, SavedSearch
from community.saved.notices import KIND, VERB, key_of
from community.search.registry import New, finders, known, sources
from community.search.selectors import documents_of, find_among, watched

BATCH = 50
SETTLED = timedelta(minutes=1)
EVERY = timedelta(minutes=5)
AGAIN = timedelta(hours=1)
"""After a notification, for there is no other one of the same search before, and after a failure."""
LONGEST_GAP = timedelta(days=7)
"""What is older, after the workers were away, is not told."""
MOST_NEW = 1_000
"""Rows of a kind in one look; the next look goes on with those after them."""
MOST_AT_ONCE = 5_000
"""Rows of one and the same moment, if there are more than MOST_NEW of them. What is beyond is not told."""
MOST_KEPT = MOST_COUNTED
"""Results of a look that are noted: more are counted as "99+" anyway."""
MOST_NOTED = 10 * MOST_KEPT
"""Results that are noted of a search whose owner stays away: the oldest go first."""
MOST_SECONDS = 5.0
"""After which the searches of a look that were not asked wait for the next one."""

logger = structlog.get_logger(__name__)


MOMENT = timedelta(microseconds=1)
type Key = tuple[str, int]
"""The kind and the key of a result."""


@dataclass(frozen=True, slots=True)
class News:
    """What is new up to a moment, by kind, and whether there is nothing later."""

    of_kind: Mapping[str, Sequence[New]]
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
    kinds = {kind for row in rows for kind in watched(row.query)}
    news = _news(sorted(kinds), min(row.since for row in rows))
    return _tell(rows, _found(rows, news), news)


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


def _news(kinds: Sequence[str], since: datetime) -> News:
    """Return what is new of these kinds since a moment, up to where no kind has more than MOST_NEW of it."""
    until = timezone.now() - SETTLED
    since = max(since, until - LONGEST_GAP)
    found = {kind: _first(kind, since, until) for kind in kinds}
    ends = [rows[-1].at for rows, is_all in found.values() if not is_all]
    end = min(ends, default=until)
    return News({kind: [row for row in rows if row.at <= end] for kind, (rows, _all) in found.items()}, end, not ends)


def _first(kind: str, since: datetime, until: datetime) -> tuple[list[New], bool]:
    """Return the first MOST_NEW of a kind, and whether they are all. Those of one moment stay together."""
    new = known()[kind].new
    found = list(starmap(New, new(since, until, MOST_NEW + 1)))
    if len(found) <= MOST_NEW:
        return found, True
    whole = [row for row in found if row.at < found[-1].at]
    return whole or list(starmap(New, new(found[0].at - MOMENT, found[0].at, MOST_AT_ONCE))), False


def _found(rows: Sequence[SavedSearch], news: News) -> dict[int, set[Key] | None]:
    """Return what is new to each search, of one at least and of no more than there is time for.

    None for one that cannot be asked, which does not keep the others from being asked.
    """
    documents = {
        kind: documents_of(kind, [each.pk for each in new]) for kind, new in news.of_kind.items() if kind in sources()
    }
    found: dict[int, set[Key] | None] = {}
    end = monotonic() + MOST_SECONDS
    for row in rows:
        found[row.pk] = _found_by(row, news, documents)
        if monotonic() >= end:
            break
    return found


def _found_by(row: SavedSearch, news: News, documents: Mapping[str, Mapping[int, int]]) -> set[Key] | None:
    """Return what is new to a search, not by its owner, of what they see as a member.

    None if it fails while the connection is usable: an error such as a timeout is then its own, and may pass. Otherwise
    the database is away, which ends the look: the next one asks them all.
    """
    new = {
        kind: [each.pk for each in news.of_kind[kind] if each.at > row.since and each.author_id != row.owner_id]
        for kind in watched(row.query)
    }
    of_sources = [documents[kind][pk] for kind in new if kind in documents for pk in new[kind] if pk in documents[kind]]
    of_finders = {kind: keys for kind, keys in new.items() if kind in finders() and keys}
    if not (of_sources or of_finders) or not row.owner.is_active:
        return set()
    try:
        with as_read_by(row.owner), transaction.atomic() if connection.in_atomic_block else nullcontext():
            return find_among(row.query, as_member(row.owner), of_sources, of_finders)
    except Exception as error:
        if isinstance(error, (InterfaceError, OperationalError)) and not connection.is_usable():
            raise
        logger.exception("a saved search failed", search=row.pk)
        return None


@transaction.atomic
def _tell(rows: Sequence[SavedSearch], found: Mapping[int, set[Key] | None], news: News) -> int:
    """Notify of what was found, and let the searches go on after it; not of those deleted or looked at meanwhile.

    Of what is left to the next look, be it searches or results, it is due now. A search that failed stays where it
    is, and is set aside for a while.
    """
    before, now = {row.pk: row.since for row in rows}, timezone.now()
    locked = SavedSearch.objects.select_for_update(no_key=True).order_by("pk").filter(pk__in=before)
    there = [row for row in locked if row.since == before[row.pk]]
    told = [row for row in there if found.get(row.pk)]
    for row in told:
        row.told_at, row.look_at = now, now + AGAIN
    for row in there:
        if row.pk not in found:
            row.look_at = now
        elif found[row.pk] is None:
            row.look_at = now + AGAIN
        else:
            row.since = max(row.since, news.until)
            row.look_at = row.look_at if news.is_all else now
    SavedSearch.objects.bulk_update(there, ["since", "look_at", "told_at"])
    if told:
        unread = _withdrawn(told)
        new = {row: found[row.pk] or set() for row in told}
        _keep(new, {row.pk for row in told if key_of(row.pk) in unread})
        notify_of([_event(row, len(keys) + unread.get(key_of(row.pk), 0)) for row, keys in new.items()])
    return len(told)


def _withdrawn(rows: Sequence[SavedSearch]) -> dict[str, int]:
    """Delete the earlier notifications of these searches, and return the results of those that nobody has seen yet."""
    keys, owners = [key_of(row.pk) for row in rows], {row.owner_id for row in rows}
    earlier = Notification.objects.filter(recipient__in=owners, key__in=keys)
    unseen = earlier.unread().filter(Q(is_mail_only=False) | Q(mailed_at=None))
    counts = {key: int(note) for key, note in unseen.values_list("key", "note")}
    earlier.delete()
    return counts


def _keep(new: Mapping[SavedSearch, set[Key]], unseen: set[int]) -> None:
    """Note which results are counted: these, and for searches whose notification nobody has seen, those before."""
    NewResult.objects.filter(search__in=[row.pk for row in new if row.pk not in unseen]).delete()
    rows = [NewResult(search=row, kind=kind, object_id=pk) for row in new for kind, pk in sorted(new[row])[:MOST_KEPT]]
    NewResult.objects.bulk_create(rows, ignore_conflicts=True)
    for pk in unseen:
        noted = NewResult.objects.filter(search=pk)
        noted.exclude(pk__in=noted.order_by("-pk").values("pk")[:MOST_NOTED]).delete()


def _event(row: SavedSearch, count: int) -> Event:
    return Event(
        listeners={row.owner_id: VERB},
        actor=None,
        target_kind=KIND,
        target_id=row.pk,
        key=key_of(row.pk),
        note=str(count),
    )
