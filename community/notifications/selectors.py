from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import mark_safe

from community.notifications import verbs
from community.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification as its reader sees it; `sentence` is safe HTML."""

    notification: Notification
    sentence: str
    url: str
    icon: str


def unread_count(user: Any) -> int:
    return Notification.objects.of(user).unread().count() if user.is_authenticated else 0


def notices(notifications: Sequence[Notification], reader: Any) -> list[Notice]:
    """Join notifications with what they point at, one query a kind; what the reader may no longer see is left out."""
    ids: dict[str, set[int]] = defaultdict(set)
    for notification in notifications:
        ids[notification.target_kind].add(notification.target_id)
    targets = {kind: verbs.resolve(kind, kind_ids, reader) for kind, kind_ids in ids.items()}
    seen = (_notice(one, targets[one.target_kind].get(one.target_id)) for one in notifications)
    return [notice for notice in seen if notice is not None]


def _notice(notification: Notification, target: verbs.Target | None) -> Notice | None:
    verb = verbs.verb(notification.verb)
    if target is None or verb is None:
        return None
    actor = notification.actor.visible_name if notification.actor else ""
    sentence = format_html(
        str(verb.sentence),
        actor=format_html('<b class="name"><bdi>{}</bdi></b>', actor),
        title=format_html("<cite>{}</cite>", mark_safe(target.title)),
    )
    return Notice(notification, sentence, target.url, verb.icon)
