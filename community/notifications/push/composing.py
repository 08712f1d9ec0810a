"""What a device shows: a sentence and the first words, in its reader's language, of what everybody may read."""

from __future__ import annotations

import json

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.common.addresses import address_of
from community.common.text import one_line
from community.notifications import verbs
from community.notifications.mail.composing import as_read_by, as_words
from community.notifications.models import Notification
from community.notifications.querysets import as_member
from community.notifications.selectors import Notice, notices, unread_lines

LONGEST_TITLE, LONGEST_WORDS, LONGEST_PATH = 120, 140, 500
"""In characters: with all of them, and the keys of unread lines, a message is within MOST_BYTES."""


def message(person: User, line: int) -> bytes | None:
    """Return what a device shows of a line; None if there is nothing to tell of it any more.

    `unread` are the lines that a device may go on showing. It closes the others.
    """
    with as_read_by(person):
        notice = _notice(person, line)
        if notice is None:
            return None
        shown = _shown(notice) | {
            "line": line,
            "read": address_of("notifications:mark-read", pk=line),
            "unread": unread_lines(person),
            "language": translation.get_language(),
        }
        return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


def _notice(person: User, line: int) -> Notice | None:
    """Return a line with those of its events that a member sees, by nobody whose account is closed."""
    rows = Notification.objects.lines_mailed_to(person, Q(read_at=None)).unread().filter(pk=line)
    told = Notification.objects.mailed_to(person)
    return next(iter(notices(list(rows.select_related("actor")), as_member(person), told)), None)


def _shown(notice: Notice) -> dict[str, str]:
    """Return the words, and where they lead. What not everybody may read is not named on a screen that others see."""
    event = notice.events[0]
    target = verbs.resolve(event.target_kind, [event.target_id], AnonymousUser()).get(event.target_id)
    if target is None or len(target.url) > LONGEST_PATH:
        return {"title": _("A new notification"), "body": "", "url": address_of("notifications:list")}
    title = _shortened(as_words(notice.sentence), LONGEST_TITLE)
    return {"title": title, "body": _shortened(one_line(target.excerpt), LONGEST_WORDS), "url": target.url}


def _shortened(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
