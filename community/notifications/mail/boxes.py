"""Mailboxes of people, and whether they can be mailed at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.notifications.models import Mailbox, StopReason

NEW = timedelta(days=1)
"""How old an account may be whose first notifications are mailed although its mailbox came after them."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a person gets no email, and since when."""

    reason: str
    at: datetime | None


def begin(joined_at: datetime) -> datetime:
    """Return when a mailbox begins that is made now: with a new account, or now for one from before there were any."""
    now = timezone.now()
    return joined_at if joined_at > now - NEW else now


def mailbox_of(person: User) -> Mailbox:
    """Return a person's mailbox, made if they had none."""
    return Mailbox.objects.get_or_create(person=person, defaults={"began_at": begin(person.date_joined)})[0]


def locked_mailbox(person: User) -> Mailbox:
    """Return a person's mailbox, locked until the end of the transaction."""
    box = mailbox_of(person)
    return Mailbox.objects.select_for_update(no_key=True).get(pk=box.pk)


@transaction.atomic
def set_quiet_hours(*, person: User, hours: tuple[time | None, time | None]) -> None:
    """Set the hours of a person's day in which no email comes; None and None for no such hours."""
    box = locked_mailbox(person)
    box.quiet_from, box.quiet_until = hours
    box.save(update_fields=["quiet_from", "quiet_until"])


def stop_of(person: User, box: Mailbox) -> Stop | None:
    """Return why all email to a person has stopped. Another address than the one that was refused is tried."""
    if box.stopped_at is None:
        return None
    if box.stop_reason == StopReason.REFUSED and not is_refused(person, box):
        return None
    return Stop(box.get_stop_reason_display(), box.stopped_at)


def is_refused(person: User, box: Mailbox) -> bool:
    """Return whether a mail server refuses the address that a person has now."""
    return box.stop_reason == StopReason.REFUSED and box.refused_address == person.email


def can_be_mailed(person: User, box: Mailbox) -> bool:
    """Return whether a person has an open account and a confirmed address to which email goes."""
    return person.is_active and bool(person.email) and not person.is_demo and stop_of(person, box) is None


def is_still_there(person: User) -> bool:
    """Return whether a person still has the address to which a message was written: the last look before it is sent."""
    return User.objects.filter(pk=person.pk, is_active=True, email=person.email).exists()
