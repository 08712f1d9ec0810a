"""Live unread counts of all open pages: one query for all whose reader has news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import Count, Max

from community.common.shared_look import SharedLook, read_once
from community.common.sse import Event
from community.notifications.models import Notification
from community.notifications.selectors import unread_count

NOTHING = (0, None)
_marks: WeakKeyDictionary[Any, tuple[int, datetime | None]] = WeakKeyDictionary()


def changed_counts(users: Collection[Any]) -> dict[Any, int]:
    """Return the new counts of people whose unread notifications changed since the last look."""
    keys = {user.pk for user in users}
    unread = Notification.objects.lines().shown().unread().filter(recipient__in=keys).order_by().values("recipient")
    rows = unread.annotate(count=Count("pk"), newest=Max("last_at"))
    marks = {row["recipient"]: (row["count"], row["newest"]) for row in rows}
    now = {user: marks.get(user.pk, NOTHING) for user in users}
    changed = [user for user, mark in now.items() if mark != _marks.get(user)]
    _marks.update(now)
    return {user: unread_count(user) for user in changed}


_counts: SharedLook[Any, int] = SharedLook(changed_counts, lambda user: user.pk)


async def unread_events(user: Any) -> AsyncIterator[Event]:
    """Yield the number of unread notifications, now and on every change."""
    queue = asyncio.Queue[int]()
    ticket = _counts.join(user, queue.put_nowait)
    try:
        shown = await read_once(unread_count, user)
        yield Event({"unread": shown}, event="unread")
        while True:
            now = await queue.get()
            if now != shown:
                yield Event({"unread": now}, event="unread")
                shown = now
    finally:
        _counts.leave(ticket)
