from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from community.accounts.models import User
from community.common.shared_look import tell
from community.mutes.models import Mute
from community.mutes.selectors import unreached_by
from community.notifications.channels import Channel, Frequencies, Frequency, frequency
from community.notifications.mail import outbox
from community.notifications.models import Notification
from community.notifications.preferences import preferences_of
from community.notifications.push import outbox as push_outbox
from community.notifications.querysets import NotificationQuerySet
from community.notifications.topics import Topic
from community.notifications.verbs import Group, verb

BATCH = 500


@dataclass(frozen=True, slots=True)
class Event:
    """What people are notified of: `listeners` (user id to verb), by whom, and what it leads to.

    `key` identifies it permanently, for instance `post:12`; it becomes part of the row's unique key. `subject` is the
    key of the thread that it is about, or 0; events of one verb and subject share a line. `note` says why, or is a
    value that the verb's `read_note` translates.
    """

    listeners: Mapping[int, str]
    actor: User | None
    target_kind: str
    target_id: int
    key: str
    subject: int | None = None
    note: str = ""


def notify(
    *,
    listeners: Mapping[int, str],
    actor: User | None,
    target_kind: str,
    target_id: int,
    event: str,
    subject: int | None = None,
    note: str = "",
) -> None:
    """Notify each listener of one event with the key `event`, as `notify_of` does."""
    notify_of([Event(listeners, actor, target_kind, target_id, event, subject, note)])


@transaction.atomic
def notify_of(events: Sequence[Event]) -> None:
    """Notify the listeners of each event; idempotent. No two events of a call share a line.

    Who does not meet the actor is not notified, nor who has turned the topic of their verb off; who wants to hear of it
    by email or push alone has no line in the list.
    """
    reached = [_reached(event) for event in events]
    chosen = _chosen(reached)
    ways = [_wanted_ways(listeners, chosen) for listeners in reached]
    rows = [row for event, told in zip(events, ways, strict=True) for row in _rows(event, told)]
    Notification.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    for event, told in zip(events, ways, strict=True):
        at_once = [user_id for user_id, way in told.items() if way.by_mail == Frequency.IMMEDIATELY]
        outbox.put(event=event.key, people=at_once)
        push_outbox.put(event=event.key, people=[user_id for user_id, way in told.items() if way.by_push])
    tell(*{row.recipient_id for row in rows if not row.is_mail_only})


def _reached(event: Event) -> Mapping[int, str]:
    """Return the listeners except the actor and those who do not meet them."""
    if event.actor is None or not event.listeners:
        return event.listeners
    away = {event.actor.pk, *unreached_by(event.actor, event.listeners.keys())}
    return {user_id: name for user_id, name in event.listeners.items() if user_id not in away}


def _rows(event: Event, told: Mapping[int, Ways]) -> list[Notification]:
    on_site = {user_id: event.listeners[user_id] for user_id, way in told.items() if way.on_site}
    lines = _joined_lines(on_site, event.key, event.subject)
    return [
        Notification(
            recipient_id=user_id,
            actor=event.actor,
            verb=event.listeners[user_id],
            target_kind=event.target_kind,
            target_id=event.target_id,
            key=event.key,
            subject=event.subject,
            line_id=lines.get(user_id),
            note=event.note,
            is_mail_only=not way.on_site,
        )
        for user_id, way in told.items()
    ]


class Ways(NamedTuple):
    """How a person is notified of a topic: on the site or not, how often by email, and on their devices or not."""

    on_site: bool
    by_mail: Frequency
    by_push: bool = False

    @property
    def are_any(self) -> bool:
        return self.on_site or self.by_push or self.by_mail != Frequency.NEVER


def _chosen(reached: Iterable[Mapping[int, str]]) -> Frequencies:
    """Return what all these listeners have chosen for the topics of their verbs, in one query at most."""
    pairs = {(user_id, verb(name).topic) for listeners in reached for user_id, name in listeners.items()}
    return preferences_of({user_id for user_id, _topic in pairs}, {topic for _user_id, topic in pairs if topic})


def _wanted_ways(listeners: Mapping[int, str], chosen: Frequencies) -> dict[int, Ways]:
    """Return how each listener is notified of the topic of their verb, of those who are in any way."""
    ways = {user_id: _ways(chosen, user_id, verb(name).topic) for user_id, name in listeners.items()}
    return {user_id: way for user_id, way in ways.items() if way.are_any}


def _ways(chosen: Frequencies, user_id: int, topic: Topic | None) -> Ways:
    if topic is None:
        return Ways(True, Frequency.DAILY)
    on_site = frequency(chosen, user_id, topic, Channel.SITE) != Frequency.NEVER
    by_push = bool(settings.PUSH_KEY) and frequency(chosen, user_id, topic, Channel.PUSH) != Frequency.NEVER
    return Ways(on_site, frequency(chosen, user_id, topic, Channel.MAIL), by_push)


def _joined_lines(told: Mapping[int, str], event: str, subject: int | None) -> dict[int, int]:
    """Return the line that an event joins, by recipient, and count it there; the others begin one.

    Lines are locked, so that none is marked as read before the event is in it.
    """
    grouped = {user_id: name for user_id, name in told.items() if verb(name).is_grouped}
    if subject is None or not grouped:
        return {}
    found = Notification.objects.open_lines(grouped, set(grouped.values()), subject)
    rows = found.select_for_update(no_key=True).order_by("pk").values_list("recipient", "verb", "pk")
    lines = {recipient: pk for recipient, name, pk in rows if grouped[recipient] == name}
    if lines:
        known = Notification.objects.filter(recipient__in=lines, key=event).values_list("recipient", flat=True)
        lines = {recipient: lines[recipient] for recipient in lines.keys() - set(known)}
        joined = Notification.objects.filter(pk__in=lines.values())
        joined.update(size=F("size") + 1, last_at=timezone.now())
    return lines


def withdraw(*, listeners: Iterable[int], event: str) -> None:
    """Delete these people's notifications of an event, so that they can be notified again."""
    keys = list(listeners)
    Notification.objects.filter(recipient__in=keys, key=event).delete()
    tell(*keys)


def mark_muted_read(mute: Mute) -> None:
    """Take from a person's unread count what they are told no more; after a block, from the other's count as well."""
    pairs = [(mute.person, mute.other), *([(mute.other, mute.person)] if mute.is_block else [])]
    for recipient, actor in pairs:
        others = Notification.objects.filter(~Q(actor=actor), line=OuterRef("pk"))
        _mark(recipient, Notification.objects.filter(~Exists(others), actor=actor))


def mark_read(*, reader: User, line_id: int) -> bool:
    """Mark the notifications of a line as read. Returns whether it was unread."""
    return _mark(reader, Notification.objects.filter(pk=line_id)) > 0


def mark_all_read(*, reader: User, up_to_id: int, group: Group | None = None) -> int:
    """Mark lines as read up to an id, the newest on the reader's screen, which has nothing of what joined a line since.

    Returns how many were unread.
    """
    later = Notification.objects.filter(line=OuterRef("pk"), pk__gt=up_to_id)
    return _mark(reader, Notification.objects.shown().filter(~Exists(later), pk__lte=up_to_id).in_group(group))


def mark_seen(*, reader: User, seen: Q) -> int:
    """Mark lines as read whose events all match `seen`. Returns how many were unread."""
    others = Notification.objects.filter(~seen, line=OuterRef("pk"))
    return _mark(reader, Notification.objects.filter(seen, ~Exists(others)))


@transaction.atomic
def _mark(reader: User, found: NotificationQuerySet) -> int:
    """Mark these lines of a person as read. Returns how many were unread."""
    unread = found.lines().unread().filter(recipient=reader).order_by("pk").select_for_update(no_key=True)
    keys = list(unread.values_list("pk", flat=True))
    if keys:
        both = Notification.objects.unread().filter(Q(pk__in=keys) | Q(line__in=keys), recipient=reader)
        both.update(read_at=timezone.now())
        tell(reader.pk)
    return len(keys)
