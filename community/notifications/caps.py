"""How many emails or pushes go to one place in an hour."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from community.notifications.models import Device, Mailbox

HOUR = timedelta(hours=1)


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
