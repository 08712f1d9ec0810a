"""What waits to be mailed, and the jobs for what is due. Housekeeping calls `hand_out_*` every few seconds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import DateTimeField, Value
from django.db.models.functions import Least
from django.utils import timezone

from community.accounts.models import User
from community.notifications.mail.boxes import begin
from community.notifications.models import Letter, Mailbox, Notification

DELAY = timedelta(minutes=2)
"""What is read within this time is not mailed."""
LEASE = timedelta(minutes=15)
"""What a job has not done by then is handed out again."""
FARTHEST = timedelta(days=2)
"""Nothing waits longer: a morning comes within a day, and quiet hours end within another."""
BATCH = 50
MOST_BOXES = 500
BOXES_EVERY = 3600  # seconds


def put(*, event: str, people: Collection[int]) -> None:
    """Let letters about an event wait for these people, if they have a confirmed address. Nobody gets a second one.

    An event of before that is told again, such as an old post that is edited, has no letter.
    """
    if not people:
        return
    now = timezone.now()
    told = Notification.objects.unread().filter(recipient__in=people, key=event, mailed_at=None)
    new = told.filter(created_at__gt=now - DELAY)
    keys = new.filter(recipient__is_active=True).exclude(recipient__email="").values_list("pk", flat=True)
    due_at = now + DELAY
    Letter.objects.bulk_create([Letter(notification_id=pk, due_at=due_at) for pk in keys], ignore_conflicts=True)


def hand_out_letters() -> int:
    """Enqueue a job for the letters that are due, and return how many."""
    from community.notifications import tasks

    due = Letter.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
    if not due.exists():
        return 0
    with transaction.atomic():
        keys = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
        if keys:
            Letter.objects.filter(pk__in=keys).update(due_at=timezone.now() + LEASE)
            tasks.send_letters.enqueue(letters=keys)
    return len(keys)


def hand_out_digests() -> int:
    """Enqueue a job for the people for whom a digest may be due, and return how many."""
    from community.notifications import tasks

    due = Mailbox.objects.filter(looked_at__lte=timezone.now()).order_by("looked_at", "pk")
    if not due.exists():
        return 0
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True).values_list("pk", "person")[:BATCH])
        if rows:
            boxes = Mailbox.objects.filter(pk__in=[pk for pk, _person in rows])
            boxes.update(looked_at=timezone.now() + LEASE)
            tasks.send_digests.enqueue(people=[person for _pk, person in rows])
    return len(rows)


def set_back() -> int:
    """Let what a clock that was ahead has put off be due again, and return how much."""
    now = timezone.now()
    boxes = Mailbox.objects.filter(looked_at__gt=now + FARTHEST)
    letters = Letter.objects.filter(due_at__gt=now + FARTHEST)
    if not (boxes.exists() or letters.exists()):
        return 0
    ends = {name: Least(name, Value(now, DateTimeField())) for name in ("daily_at", "weekly_at")}
    return boxes.update(looked_at=now, **ends) + letters.update(due_at=now)


def add_mailboxes() -> int:
    """Give people who have none a mailbox, once an hour, and return how many. It begins as `boxes.begin` says."""
    if not cache.add("mailboxes", 1, BOXES_EVERY):
        return 0
    people = User.objects.filter(mailbox=None, is_active=True, is_demo=False).exclude(email="")
    found = people.values_list("pk", "date_joined")[:MOST_BOXES]
    boxes = [Mailbox(person_id=pk, began_at=begin(joined_at)) for pk, joined_at in found]
    if len(boxes) == MOST_BOXES:
        cache.delete("mailboxes")
    Mailbox.objects.bulk_create(boxes, ignore_conflicts=True)
    return len(boxes)
