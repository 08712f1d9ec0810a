"""Digests: one email in the morning with what was not read, and what happened in what a person follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import OuterRef, Q
from django.utils import timezone

from community.accounts.models import User
from community.common.subqueries import not_looked_up
from community.notifications import verbs
from community.notifications.channels import Frequency
from community.notifications.mail import composing
from community.notifications.mail.boxes import can_be_mailed, is_still_there, locked_mailbox
from community.notifications.mail.composing import Part, Shown, Told
from community.notifications.mail.moments import end_of_quiet, last_monday, last_morning, next_morning, zone_of
from community.notifications.mail.sections import sections
from community.notifications.mail.sending import Mailing, send_each
from community.notifications.models import Letter, Mailbox, Notification
from community.notifications.preferences import by_mail
from community.notifications.querysets import as_member
from community.notifications.selectors import Notice, notices
from community.notifications.topics import Topic

# How far back a digest looks, a little more than its period: what came while a mail server was away is not lost.
# Of what is weekly, some may have been left to the next one.
DAY, WEEK, TWO_WEEKS = timedelta(days=3), timedelta(days=8), timedelta(days=15)
MOST_TAKEN, MOST_SHOWN = 200, 40
AGAIN_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Taken:
    """What nobody else will tell this person any more: lines, and what happened since a moment in what they follow.

    `before` are the ends of the periods before, to undo it.
    """

    person: User
    at: datetime
    lines: Sequence[int]
    since: datetime | None
    before: tuple[datetime, datetime]


def send_digests(people: Iterable[int]) -> None:
    """Send these people the digests that are due, each at most once."""
    send_each(people, MAILING)


@transaction.atomic
def take(key: int) -> Taken | None:
    """Take what a person's digest tells and mark it as mailed, if one is due; a second time none is.

    One is due when it has been 8:00 in their time zone since the last one, and they are not in quiet hours.
    """
    person = User.objects.filter(pk=key).first()
    if person is None:
        return None
    box, now, zone = locked_mailbox(person), timezone.now(), zone_of(person)
    quiet_until = end_of_quiet(box, now, zone)
    _look_again(box, quiet_until or next_morning(now, zone))
    is_daily, is_weekly = last_morning(now, zone) > box.daily_at, last_monday(now, zone) > box.weekly_at
    if quiet_until is not None or not (is_daily or is_weekly):
        return None
    before = (box.daily_at, box.weekly_at)
    box.daily_at, box.weekly_at = now if is_daily else box.daily_at, now if is_weekly else box.weekly_at
    box.save(update_fields=["daily_at", "weekly_at"])
    if not can_be_mailed(person, box) or box.digests_stopped_at is not None:
        return None
    often = by_mail(person)
    lines = _lines(person, _due(box, often, now, is_daily=is_daily, is_weekly=is_weekly))
    since = {Frequency.DAILY: before[0] if is_daily else None, Frequency.WEEKLY: before[1] if is_weekly else None}
    _mark(lines, now)
    return Taken(person, now, lines, since.get(often[Topic.ROUNDUP]), before)


def _message(taken: Taken) -> EmailMessage | None:
    """Return the digest, unless it has nothing to say or its reader is gone."""
    parts, more = _parts(taken)
    told, is_reason = _told(taken, {notice.target.url for part in parts for notice in part.notices})
    if not parts and not is_reason:
        return None
    key = f"{taken.person.pk}-{taken.at:%Y%m%d%H%M%S}"
    message = composing.digest(taken.person, parts, told, more=more, key=key)
    return message if is_still_there(taken.person) else None


def _due(box: Mailbox, often: dict[Topic | None, Frequency], now: datetime, *, is_daily: bool, is_weekly: bool) -> Q:
    """Match the notifications that a digest tells of: daily also letters that were above the cap of their hour."""
    wanted = Q(pk__in=[])
    if is_daily:
        names = _verbs_of(often, Frequency.DAILY, Frequency.IMMEDIATELY)
        wanted |= Q(verb__in=names, created_at__gt=max(box.began_at, now - DAY))
    if is_weekly:
        names = _verbs_of(often, Frequency.WEEKLY)
        wanted |= Q(verb__in=names, created_at__gt=max(box.began_at, now - TWO_WEEKS))
    waiting = Letter.objects.filter(notification=OuterRef("pk"))
    return wanted & Q(read_at=None, mailed_at=None) & not_looked_up(waiting)


def _verbs_of(often: dict[Topic | None, Frequency], *wanted: Frequency) -> list[str]:
    return [name for name in verbs.verbs_of() if often[verbs.verb(name).topic] in wanted]


def _lines(person: User, due: Q) -> list[int]:
    """Return the keys of a person's unread lines with an event that is due, the newest first.

    Those that are not on the site are taken only if there is room to show them. The others wait for the next digest.
    """
    rows = Notification.objects.lines_mailed_to(person, due).unread()
    recent = rows.filter(last_at__gt=timezone.now() - TWO_WEEKS).order_by("-last_at", "-pk")
    found = recent.values_list("pk", "is_mail_only")[:MOST_TAKEN]
    return [key for place, (key, is_mail_only) in enumerate(found) if place < MOST_SHOWN or not is_mail_only]


def _mark(lines: Sequence[int], now: datetime) -> None:
    """Mark the events of lines as mailed, in the order in which others lock them."""
    events = Notification.objects.filter(Q(pk__in=lines) | Q(line__in=lines), mailed_at=None).order_by("pk")
    keys = list(events.select_for_update(no_key=True).values_list("pk", flat=True))
    Notification.objects.filter(pk__in=keys).update(mailed_at=now)


def _parts(taken: Taken) -> tuple[list[Part], int]:
    """Return the lines by thread, in the order in which they were taken, and how many are left out: all on the site."""
    person = taken.person
    rows = Notification.objects.lines_mailed_to(person, Q(read_at=None)).unread().select_related("actor")
    by_key = rows.in_bulk(taken.lines)
    lines = [by_key[key] for key in taken.lines if key in by_key]
    found = notices(lines, as_member(person), Notification.objects.mailed_to(person))
    by_thread: dict[tuple[str, int], list[Notice]] = {}
    for notice in found[:MOST_SHOWN]:
        by_thread.setdefault(_thing(notice.line), []).append(notice)
    return [Part(each) for each in by_thread.values()], len(found[MOST_SHOWN:])


def _thing(line: Notification) -> tuple[str, int]:
    """Return what a line is grouped by: its thread, if it is about one, or what it leads to."""
    return ("thread", line.subject) if line.subject else (line.verb, line.target_id)


def _told(taken: Taken, elsewhere: Collection[str]) -> tuple[list[Told], bool]:
    """Return the sections that have something to tell, and whether one of them is worth a letter by itself.

    What a line leads to `elsewhere` in the digest is not told twice.
    """
    if taken.since is None:
        return [], False
    since = max(taken.since, taken.at - WEEK)
    with composing.as_read_by(taken.person):
        found = [(section, section.items(as_member(taken.person), since)) for section in sections()]
    new = [(section, [item for item in items if item.url not in elsewhere]) for section, items in found]
    told = [(section, items) for section, items in new if items]
    shown = [Told(section.title, [Shown(item) for item in items]) for section, items in told]
    return shown, any(section.is_reason for section, _items in told)


def _look_again(box: Mailbox, at: datetime) -> None:
    Mailbox.objects.filter(pk=box.pk).update(looked_at=at)


@transaction.atomic
def _undo(taken: Taken) -> None:
    """Let a digest be due again that the mail server did not take, if no other one has been sent since."""
    box = Mailbox.objects.select_for_update(no_key=True).filter(person=taken.person.pk).first()
    if box is None or taken.at not in (box.daily_at, box.weekly_at):  # the account was deleted, or another one was sent
        return
    box.daily_at, box.weekly_at = taken.before
    box.looked_at = timezone.now() + AGAIN_AFTER
    box.save(update_fields=["daily_at", "weekly_at", "looked_at"])
    Notification.objects.filter(recipient=taken.person, mailed_at=taken.at).update(mailed_at=None)


MAILING = Mailing(take, _message, _undo)
