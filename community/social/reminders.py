"""Reminders of bookmarked posts."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.common import housekeeping
from community.notifications.models import Notification
from community.notifications.services import Event, notify_of
from community.notifications.verbs import Group, Verb, register_verb
from community.social.models import Bookmark

BATCH = 100
NOTE_SHOWN = Notification._meta.get_field("note").max_length


def register() -> None:
    register_verb(
        Verb("reminder", _("You wanted to be reminded of {title}"), "alarm-clock", group_without_topic=Group.OTHER)
    )
    housekeeping.register("reminders of bookmarks", remind)


@transaction.atomic
def remind() -> int:
    """Notify of bookmarks whose reminder is due, and empty it in the same transaction: each comes once.

    Rows that another worker has taken are left to it. Returns how many were due.
    """
    due = Bookmark.objects.filter(remind_at__lte=timezone.now()).order_by("remind_at")
    rows = list(due.select_for_update(skip_locked=True, no_key=True)[:BATCH])
    Bookmark.objects.filter(pk__in=[row.pk for row in rows]).update(remind_at=None)
    notify_of([_event(row) for row in rows])
    return len(rows)


def _event(row: Bookmark) -> Event:
    return Event(
        listeners={row.user_id: "reminder"},
        actor=None,
        target_kind="post",
        target_id=row.post_id,
        key=f"reminder:{row.pk}:{row.remind_at:%Y%m%d}",
        note=row.note[:NOTE_SHOWN],
    )
