"""Letters: an email about one notification, a moment after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.notifications import verbs
from community.notifications.caps import count_of_day, counted, is_day_full, uncount_of_day
from community.notifications.channels import Channel, Frequency, frequency
from community.notifications.mail import composing
from community.notifications.mail.boxes import can_be_mailed, is_still_there, locked_mailbox
from community.notifications.mail.moments import end_of_quiet, zone_of
from community.notifications.mail.sending import Mailing, send_each
from community.notifications.models import Letter, Notification
from community.notifications.preferences import preferences_of
from community.notifications.querysets import as_member

MOST_AN_HOUR = 20
"""Letters to one person, as MAIL_MOST_A_DAY is; what is above comes with the next digest."""
AGAIN_AFTER = timedelta(minutes=5)
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """A notification that nobody else will send any more."""

    person: User
    event: Notification
    attempts: int
    is_last: bool = False  # of the day


def send_letters(letters: Iterable[int]) -> None:
    """Send these letters, each at most once."""
    send_each(letters, MAILING)


@transaction.atomic
def take(key: int) -> Taken | None:
    """Take a letter and mark its notification as mailed, if it is wanted now; it is not there a second time.

    In quiet hours it goes on waiting. What is above the cap of an hour or a day is left to the digest.
    """
    found = Letter.objects.select_for_update().filter(pk=key).first()
    if found is None:
        return None
    event = Notification.objects.select_related("recipient", "actor").get(pk=found.notification_id)
    person, now = event.recipient, timezone.now()
    box = locked_mailbox(person)
    quiet_until = end_of_quiet(box, now, zone_of(person))
    if quiet_until is not None:
        Letter.objects.filter(pk=key).update(due_at=quiet_until)
        return None
    found.delete()
    if not (can_be_mailed(person, box) and _is_wanted(event, person)) or is_day_full(box, settings.MAIL_MOST_A_DAY):
        return None
    if not counted(box, MOST_AN_HOUR):
        return None
    is_last = count_of_day(box) >= settings.MAIL_MOST_A_DAY
    Notification.objects.filter(pk=event.pk).update(mailed_at=now)
    return Taken(person, event, found.attempts, is_last)


def _message(taken: Taken) -> EmailMessage | None:
    """Return the message, unless something stopped it since it was taken: then it does not count either."""
    kind, pk = taken.event.target_kind, taken.event.target_id
    target = verbs.resolve(kind, [pk], as_member(taken.person)).get(pk)
    message = target and composing.letter(taken.person, taken.event, target, is_last=taken.is_last)
    if message and is_still_there(taken.person) and _is_told(taken.event, taken.person):
        return message
    uncount_of_day(taken.person)
    return None


def _is_wanted(event: Notification, person: User) -> bool:
    """Return whether a letter is still to be sent: unread, visible, not muted, by an open account, and chosen."""
    topic = verbs.verb(event.verb).topic
    if topic is None or event.mailed_at is not None:
        return False
    chosen = preferences_of([person.pk], [topic])
    if frequency(chosen, person.pk, topic, Channel.MAIL) != Frequency.IMMEDIATELY:
        return False
    return _is_told(event, person)


def _is_told(event: Notification, person: User) -> bool:
    return Notification.objects.mailed_to(person).unread().filter(pk=event.pk).exists()


@transaction.atomic
def _put_back(taken: Taken) -> None:
    """Let a letter wait again, or leave it to the digest after several attempts. It does not count."""
    uncount_of_day(taken.person)
    events = Notification.objects.filter(pk=taken.event.pk)
    if not events.update(mailed_at=None) or taken.attempts + 1 >= ATTEMPTS:
        return
    due_at = timezone.now() + AGAIN_AFTER * 2**taken.attempts
    waiting = Letter(notification=taken.event, due_at=due_at, attempts=taken.attempts + 1)
    Letter.objects.bulk_create([waiting], ignore_conflicts=True)


MAILING = Mailing(take, _message, _put_back)
