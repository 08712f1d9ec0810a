"""What is sent back about an email that came in, to who has been found to be its sender: one a day to an address.

What is kept nowhere else always comes back, within the limit of letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.common.errors import Unavailable
from community.common.mail_server import send
from community.common.pauses import pause_of
from community.notifications.caps import counted
from community.notifications.inbound.messages import message_id
from community.notifications.mail import composing
from community.notifications.mail.boxes import is_refused, is_still_there, locked_mailbox
from community.notifications.mail.letters import MOST_AN_HOUR

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """A sentence about a reply, with what its writer wrote, the path where it is, or where it is kept as a draft."""

    sentence: str
    words: str = ""
    path: str = ""
    kept: str = ""

    @property
    def is_kept(self) -> bool:
        """Return whether what they wrote is on the site."""
        return bool(self.path or self.kept)


def send_back(person: User, head: Message, answer: Answer) -> None:
    """Send an answer, in the language that is spoken now; about what is kept, unless one was sent within a day.

    Raises Unavailable if the mail server certainly did not take it, or if too many were sent about what is not kept.
    """
    if pause_of("mail").is_on:
        raise Unavailable
    before = _take(person, answer)
    if before is None or not is_still_there(person):
        return
    outcome = send(composing.answer(person, answer, in_reply_to=message_id(head)))
    if outcome.is_certain:
        _put_back(person, before)
        raise Unavailable


@transaction.atomic
def _take(person: User, answer: Answer) -> tuple[datetime | None] | None:
    """Take the answer of this day. Returns when the one before was sent, in a tuple; None if that is not a day ago.

    What is not kept takes none. It raises Unavailable when there were too many letters, so that it comes back later.
    """
    box, now = locked_mailbox(person), timezone.now()
    if is_refused(person, box):
        return None
    before = box.answered_at
    if not answer.is_kept:
        if not counted(box, MOST_AN_HOUR):
            raise Unavailable
        return (before,)
    if before is not None and now - DAY < before <= now:
        return None
    box.answered_at = now
    box.save(update_fields=["answered_at"])
    return (before,)


@transaction.atomic
def _put_back(person: User, before: tuple[datetime | None]) -> None:
    box = locked_mailbox(person)
    (box.answered_at,) = before
    box.save(update_fields=["answered_at"])
