"""How many emails or pushes go to one place in an hour, and emails in a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from community.accounts.models import User
from community.notifications.models import Device, Mailbox

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def counted(place: Mailbox | Device, most: int) -> bool:
    """Count one more of this hour. Returns False when there were enough."""
    now = timezone.now()
    if not place.hour_at <= now < place.hour_at + HOUR:
        place.hour_at, place.in_hour = now, 0
    if place.in_hour >= most:
        return False
    place.in_hour += 1
    place.save(update_fields=["hour_at", "in_hour"])
    return True


def is_day_full(box: Mailbox, most: int) -> bool:
    """Return whether a mailbox has had enough letters in its day."""
    return _of_day(box, timezone.now())[1] >= most


def count_of_day(box: Mailbox) -> int:
    """Count one more letter of a mailbox's day, and return how many there were with it."""
    box.day_at, before = _of_day(box, timezone.now())
    box.in_day = before + 1
    box.save(update_fields=["day_at", "in_day"])
    return box.in_day


def uncount_of_day(person: User) -> None:
    """Take back one letter that was not sent."""
    Mailbox.objects.filter(person=person.pk, in_day__gt=0).update(in_day=F("in_day") - 1)


def _of_day(box: Mailbox, now: datetime) -> tuple[datetime, int]:
    """Return when the day of a mailbox began that is now, and how many letters it has had.

    A clock that was set back begins no other day: the count stays until a day has passed by the clock as it is.
    """
    if box.day_at is None or now >= box.day_at + DAY:
        return now, 0
    return min(box.day_at, now), box.in_day
