"""Live unread counts of all open pages, with one query per poll."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Any

from django.db.models import Count, Max

from community.common.shared_poll import SharedPoll, read_once
from community.common.sse import Event
from community.notifications.models import Notification
from community.notifications.selectors import unread_count

_marks: dict[int, tuple[int, int | None]] = {}
NOTHING = (0, None)


def changed_counts(users: Collection[Any]) -> dict[Any, int]:
    """Return the new counts of people whose unread notifications changed since the last poll."""
    keys = {user.pk for user in users}
    unread = Notification.objects.unread().filter(recipient__in=keys).order_by().values("recipient")
    rows = unread.annotate(count=Count("pk"), newest=Max("pk"))
    marks = {row["recipient"]: (row["count"], row["newest"]) for row in rows}
    changed = {user for user in users if marks.get(user.pk, NOTHING) != _marks.get(user.pk)}
    _marks.clear()
    _marks.update({key: marks.get(key, NOTHING) for key in keys})
    return {user: unread_count(user) for user in changed}


_counts: SharedPoll[Any, int] = SharedPoll(changed_counts)


async def unread_events(user: Any) -> AsyncIterator[Event]:
    """Yield the number of unread notifications, now and on every change."""
    queue = _counts.join(user)
    try:
        shown = await read_once(unread_count, user)
        yield Event({"unread": shown}, event="unread")
        while True:
            now = await queue.get()
            if now != shown:
                yield Event({"unread": now}, event="unread")
                shown = now
    finally:
        _counts.leave(queue)
