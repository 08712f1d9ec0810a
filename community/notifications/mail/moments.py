"""Mornings, weeks and quiet hours in a person's time zone: pure functions of aware datetimes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from community.accounts.models import User
from community.accounts.time_zones import time_zones
from community.notifications.models import Mailbox

MORNING = time(8)
MONDAY = 0


def zone_of(person: User) -> ZoneInfo:
    """Return the zone that a person chose; the site's where they chose none, or one that is no longer known."""
    return ZoneInfo(person.time_zone if person.time_zone in time_zones() else settings.TIME_ZONE)


def last_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the last moment at which it was 8:00 in a zone."""
    today = now.astimezone(zone).date()
    morning = datetime.combine(today, MORNING, zone)
    return morning if morning <= now else datetime.combine(today - timedelta(days=1), MORNING, zone)


def last_monday(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the last moment at which it was 8:00 on a Monday in a zone."""
    morning = last_morning(now, zone).date()
    return datetime.combine(morning - timedelta(days=(morning.weekday() - MONDAY) % 7), MORNING, zone)


def next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the next moment at which it will be 8:00 in a zone."""
    return datetime.combine(last_morning(now, zone).date() + timedelta(days=1), MORNING, zone)


def end_of_quiet(mailbox: Mailbox, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the quiet hours end that a person is in; None outside of them.

    They may go over midnight. On days when the clock is changed, they end when the clock says so.
    """
    begin, end = mailbox.quiet_from, mailbox.quiet_until
    if begin is None or end is None or begin == end:
        return None
    local = now.astimezone(zone)
    at = local.time()
    is_quiet = begin <= at < end if begin < end else at >= begin or at < end
    if not is_quiet:
        return None
    day = local.date() if at < end else local.date() + timedelta(days=1)
    return max(datetime.combine(day, end, zone), now + timedelta(minutes=1))


def next_quiet(mailbox: Mailbox, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when a person's quiet hours begin next; None if they have none."""
    if mailbox.quiet_from is None:
        return None
    local = now.astimezone(zone)
    day = local.date() if local.time() < mailbox.quiet_from else local.date() + timedelta(days=1)
    return datetime.combine(day, mailbox.quiet_from, zone)
