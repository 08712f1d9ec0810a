from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.notifications.models import Notification
from community.notifications.verbs import Group

BATCH = 500


@transaction.atomic
def notify(
    *, listeners: Mapping[int, str], actor: User | None, target_kind: str, target_id: int, event: str, note: str = ""
) -> None:
    """Notify each listener (user id to verb) of one event; idempotent.

    `event` identifies the event permanently, for instance `post:12`; it becomes part of the row's unique key. `note`
    says why, or is a value that the verb's `read_note` translates.
    """
    rows = [
        Notification(
            recipient_id=user_id,
            actor=actor,
            verb=verb,
            target_kind=target_kind,
            target_id=target_id,
            key=event,
            note=note,
        )
        for user_id, verb in listeners.items()
        if actor is None or user_id != actor.pk
    ]
    Notification.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def withdraw(*, listeners: Iterable[int], event: str) -> None:
    """Delete these people's notifications of an event, so that they can be notified again."""
    Notification.objects.filter(recipient__in=list(listeners), key=event).delete()


def mark_read(*, reader: User, notification_id: int) -> bool:
    """Mark one notification as read. Returns whether it was unread."""
    return _mark(Notification.objects.filter(recipient=reader, pk=notification_id)) > 0


def mark_all_read(*, reader: User, up_to_id: int, group: Group | None = None) -> int:
    """Mark all up to an id (the newest on the reader's screen) as read. Returns how many were unread."""
    return _mark(Notification.objects.filter(recipient=reader, pk__lte=up_to_id).in_group(group))


def _mark(rows) -> int:
    return rows.unread().update(read_at=timezone.now())
