"""Links in email that end it with one click, without signing in, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from community.accounts.models import User
from community.common.addresses import address_of
from community.notifications.channels import Channel, Frequency, frequency
from community.notifications.mail.boxes import Stop, locked_mailbox, stop_of
from community.notifications.models import Mailbox, Preference, StopReason
from community.notifications.preferences import choose, preferences_of
from community.notifications.topics import Topic

SALT = "community.notifications.mail.stopping"
LONGEST = 200
DIGESTS, ALL = "digests", "all"


@dataclass(frozen=True, slots=True)
class Link:
    """A person and what the link ends: a topic's letters, digests, or all email."""

    person: User
    scope: str

    @property
    def topic(self) -> Topic | None:
        return Topic(self.scope) if self.scope in Topic.values else None


def path_for(person: User, scope: str) -> str:
    """Return the path of the link that ends email of this scope. It is void once the person has another address."""
    signed = signing.Signer(salt=SALT).sign(f"{person.pk}-{scope}-{_mark(person)}")
    return address_of("notifications:unsubscribe", token=signed)


def read(token: str) -> Link | None:
    """Return what a link ends; None if it is not as we wrote it, or the person is gone or has another address."""
    if len(token) > LONGEST:
        return None
    try:
        key, scope, mark = signing.Signer(salt=SALT).unsign(token).split("-")
    except (signing.BadSignature, ValueError):
        return None
    person = User.objects.filter(pk=int(key), is_active=True).exclude(email="").first()
    if person is None or not constant_time_compare(mark, _mark(person)):
        return None
    return Link(person, scope) if scope in {*Topic.values, DIGESTS, ALL} else None


@transaction.atomic
def stop(link: Link) -> None:
    """End the email that a link ends; nothing changes the second time."""
    if link.topic:
        _stop_topic(link.person, link.topic)
        return
    box = locked_mailbox(link.person)
    if link.scope == DIGESTS:
        box.digests_stopped_at = box.digests_stopped_at or timezone.now()
    elif box.stopped_at is None or box.stop_reason != StopReason.UNSUBSCRIBED:
        box.stopped_at, box.stop_reason = timezone.now(), StopReason.UNSUBSCRIBED
    box.save(update_fields=["digests_stopped_at", "stopped_at", "stop_reason"])


@transaction.atomic
def resume(person: User, scope: str) -> None:
    """Undo `stop`: a topic comes as often as before, digests and all else as they are set."""
    if scope in Topic.values:
        _resume_topic(person, Topic(scope))
        return
    box = locked_mailbox(person)
    if scope == DIGESTS:
        box.digests_stopped_at = None
    else:
        box.stopped_at, box.stop_reason, box.refused_address, box.bounces = None, "", "", 0
    box.save(update_fields=["digests_stopped_at", "stopped_at", "stop_reason", "refused_address", "bounces"])


def is_stopped(link: Link) -> bool:
    """Return whether what the link ends has ended, by it or otherwise."""
    if link.topic:
        return _often(link.person, link.topic) == Frequency.NEVER
    box = Mailbox.objects.filter(person=link.person).first()
    if box is None:
        return False
    return (box.digests_stopped_at if link.scope == DIGESTS else stop_of(link.person, box)) is not None


def stop_of_all(link: Link) -> Stop | None:
    """Return why nothing is emailed of what a link is about, although it has not ended by itself."""
    box = Mailbox.objects.filter(person=link.person).first() if link.scope != ALL else None
    return stop_of(link.person, box) if box is not None else None


@transaction.atomic
def refuse(person: User) -> None:
    """End all email to an address that its mail server refuses.

    Who has ended all email themselves keeps that: with another address, it would begin again. Of an account that was
    deleted meanwhile nothing is kept.
    """
    if not User.objects.filter(pk=person.pk).exists():
        return
    box = locked_mailbox(person)
    if box.stopped_at is not None and box.stop_reason == StopReason.UNSUBSCRIBED:
        return
    box.stopped_at, box.stop_reason = timezone.now(), StopReason.REFUSED
    box.refused_address = person.email
    box.save(update_fields=["stopped_at", "stop_reason", "refused_address"])


def _stop_topic(person: User, topic: Topic) -> None:
    before = _often(person, topic)
    if before != Frequency.NEVER:
        choose(person=person, choices={(topic, Channel.MAIL): Frequency.NEVER})
        _by_mail(person, topic).update(stopped_from=before)


def _resume_topic(person: User, topic: Topic) -> None:
    """Let a topic come as before a link ended it, immediately if it was ended otherwise."""
    stopped = _by_mail(person, topic).filter(frequency=Frequency.NEVER).first()
    if stopped is not None:
        stopped.frequency = stopped.stopped_from or Frequency.IMMEDIATELY
        stopped.save(update_fields=["frequency"])


def _often(person: User, topic: Topic) -> Frequency:
    return frequency(preferences_of([person.pk], [topic]), person.pk, topic, Channel.MAIL)


def _by_mail(person: User, topic: Topic) -> QuerySet[Preference]:
    return Preference.objects.filter(person=person, topic=topic, channel=Channel.MAIL)


def _mark(person: User) -> str:
    """Return a word for the person's address, which it does not tell."""
    return salted_hmac(SALT, person.email, algorithm="sha256").hexdigest()[:16]
