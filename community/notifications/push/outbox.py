"""What waits for devices, and the jobs for what is due. Housekeeping calls `hand_out_pushes` every few seconds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from community.common.jobs import rows
from community.notifications.models import Device, Notification, Push

DELAY = timedelta(seconds=20)
LONGEST_JOB = timedelta(minutes=1)  # several times what one that lives takes
"""What is read within this time is not pushed: its reader is looking at the site."""
NEW = timedelta(minutes=2)
LEASE = timedelta(minutes=15)
"""What a job has not done by then is handed out again."""
FARTHEST = timedelta(days=2)
"""Nothing waits longer: quiet hours end within a day, and no push is tried again after another."""
BATCH = 20


def put(*, event: str, people: Collection[int]) -> None:
    """Let the lines of an event wait for the devices of these people; one that waits already is not doubled."""
    if not people or not settings.PUSH_KEY:
        return
    devices = list(Device.objects.filter(person__in=people).values_list("pk", "person"))
    if not devices:
        return
    now = timezone.now()
    owners = {person for _device, person in devices}
    told = Notification.objects.unread().filter(recipient__in=owners, key=event, created_at__gt=now - NEW)
    lines = {person: line or pk for person, line, pk in told.values_list("recipient", "line", "pk")}
    waiting = [
        Push(device_id=device, line_id=lines[person], due_at=now + DELAY)
        for device, person in devices
        if person in lines
    ]
    Push.objects.bulk_create(waiting, ignore_conflicts=True)


def hand_out_pushes() -> int:
    """Enqueue a job for the pushes that are due, and return how many; none while an earlier job is not done.

    So push services that are slow keep one worker at most. What was tried already comes last.
    """
    from community.notifications import tasks

    due = Push.objects.filter(due_at__lte=timezone.now()).order_by("attempts", "due_at", "pk")
    if not due.exists() or rows.is_pending(tasks.send_pushes, at_most=LONGEST_JOB):
        return 0
    with transaction.atomic():
        keys = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
        if keys:
            Push.objects.filter(pk__in=keys).update(due_at=timezone.now() + LEASE)
            tasks.send_pushes.enqueue(pushes=keys)
    return len(keys)


def set_back() -> int:
    """Let what a clock that was ahead has put off be due again, and return how much."""
    now = timezone.now()
    put_off = Push.objects.filter(due_at__gt=now + FARTHEST)
    return put_off.update(due_at=now) if put_off.exists() else 0
