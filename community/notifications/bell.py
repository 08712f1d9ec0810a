"""Live unread counts of all open pages: one query for all whose reader has news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db.models import Count, Max

from community.common.shared_look import SharedLook, read_once
from community.common.sse import Event
from community.notifications.models import Notification
from community.notifications.selectors import unread_count

type Mark = tuple[int, datetime | None]
"""How many lines of a person are unread, and when the newest event of one came."""

NOTHING: Mark = (0, None)
_marks: WeakKeyDictionary[Any, Mark] = WeakKeyDictionary()
"""What the last look told the streams of a person; nothing once a stream has begun with what it read by itself."""


class News(NamedTuple):
    """A number of unread notifications as its reader sees it, and the mark that it was counted at or after."""

    unread: int
    mark: Mark


def changed_counts(users: Collection[Any]) -> dict[Any, News]:
    """Return the new counts of people whose unread notifications changed since the last look."""
    now = _marks_of(users)
    changed = [user for user, mark in now.items() if mark != _marks.get(user)]
    _marks.update(now)
    return {user: News(unread_count(user), now[user]) for user in changed}


def _marks_of(users: Collection[Any]) -> dict[Any, Mark]:
    keys = {user.pk for user in users}
    unread = Notification.objects.lines().shown().unread().filter(recipient__in=keys).order_by().values("recipient")
    rows = unread.annotate(count=Count("pk"), newest=Max("last_at"))
    marks = {row["recipient"]: (row["count"], row["newest"]) for row in rows}
    return {user: marks.get(user.pk, NOTHING) for user in users}


def _count(user: Any) -> News:
    """Return what a stream begins with. The next look tells it, for it compares with what earlier streams were told."""
    _marks.pop(user, None)
    [mark] = _marks_of([user]).values()
    return News(unread_count(user), mark)


_counts: SharedLook[Any, News] = SharedLook(changed_counts, lambda user: user.pk)


async def unread_events(user: Any) -> AsyncIterator[Event]:
    """Yield the number of unread notifications, now and on every change, be it only of what a line says.

    So an open list hears of an event that joins an unread line.
    """
    queue = asyncio.Queue[News]()
    ticket = _counts.join(user, queue.put_nowait)
    try:
        shown = await read_once(_count, user)
        yield Event({"unread": shown.unread}, event="unread")
        while True:
            now = await queue.get()
            if now != shown:
                yield Event({"unread": now.unread}, event="unread")
                shown = now
    finally:
        _counts.leave(ticket)
