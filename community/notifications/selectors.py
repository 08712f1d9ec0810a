from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from community.accounts.models import User
from community.notifications import verbs
from community.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification as shown to its reader; `sentence` and `excerpt` are safe HTML, `note` is text."""

    notification: Notification
    sentence: SafeString
    target: verbs.Target
    icon: str
    note: str

    @property
    def excerpt(self) -> SafeString:
        return mark_safe(self.target.excerpt)

    @property
    def day(self) -> date:
        """Date of the notification in the reader's time zone."""
        return timezone.localdate(self.notification.created_at)


def unread_count(user: User) -> int:
    return Notification.objects.of(user).unread().count() if user.is_authenticated else 0


def notices(notifications: Sequence[Notification], reader: User) -> list[Notice]:
    """Load the targets of notifications, one query per kind."""
    ids: dict[str, set[int]] = defaultdict(set)
    for notification in notifications:
        ids[notification.target_kind].add(notification.target_id)
    targets = {kind: verbs.resolve(kind, kind_ids, reader) for kind, kind_ids in ids.items()}
    pairs = ((one, targets[one.target_kind].get(one.target_id)) for one in notifications)
    return [_notice(one, target) for one, target in pairs if target is not None]


def _notice(notification: Notification, target: verbs.Target) -> Notice:
    verb = verbs.verb(notification.verb)
    actor = notification.actor.visible_name if notification.actor else ""
    sentence = format_html(
        str(verb.sentence),
        actor=format_html('<b class="name"><bdi>{}</bdi></b>', actor),
        title=format_html("<cite>{}</cite>", mark_safe(target.title)),
    )
    note = verb.read_note(notification.note) if notification.note else ""
    return Notice(notification, sentence, target, verb.icon, note)
