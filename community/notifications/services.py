from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from community.notifications.models import Notification

BATCH = 500


@transaction.atomic
def notify(*, listeners: Mapping[int, str], actor: Any, target_kind: str, target_id: int, event: str) -> None:
    """Tell each listener (user id to verb) of one event, once, however often this is called.

    `event` names the event for good, for instance `post:12`; it becomes part of the row's unique key.
    """
    rows = [
        Notification(
            recipient_id=user_id,
            actor=actor,
            verb=verb,
            target_kind=target_kind,
            target_id=target_id,
            key=event,
        )
        for user_id, verb in listeners.items()
        if actor is None or user_id != actor.pk
    ]
    Notification.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def settle(*, target_kind: str, target_ids: Iterable[int]) -> None:
    """Count nothing as unread any more that leads to what was taken away."""
    rows = Notification.objects.unread().filter(target_kind=target_kind, target_id__in=list(target_ids))
    rows.update(read_at=timezone.now())


def mark_read(*, reader: Any, notification_id: int | None = None, up_to_id: int | None = None) -> int:
    """Mark one, or all up to an id (what the reader had on his screen), as read. Returns how many changed."""
    rows = Notification.objects.of(reader).unread()
    if notification_id is not None:
        rows = rows.filter(pk=notification_id)
    if up_to_id is not None:
        rows = rows.filter(pk__lte=up_to_id)
    return rows.update(read_at=timezone.now())
