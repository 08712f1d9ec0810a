"""Replies to letters: what their writer wrote is posted, and what cannot be posted comes back."""

from __future__ import annotations

import re
from email.message import Message
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from community.common.errors import DomainError, Invalid, Unavailable
from community.common.text import one_line
from community.notifications import verbs
from community.notifications.inbound import messages
from community.notifications.inbound.addresses import TOKEN_LENGTH, Way
from community.notifications.inbound.answers import Answer, send_back
from community.notifications.inbound.quotes import own_words
from community.notifications.mail.composing import as_read_by

# Lines of our own letters that nobody may read: links that end somebody's email, and addresses by which they reply.
# Some clients send readers through a page of their own, with the link as its parameter.
_SLASH = "(?:/|%2F|%252F)"
_SECRET = re.compile(
    rf"{_SLASH}notifications{_SLASH}email{_SLASH}|[\w.-]{{1,15}}(?:\+|%2B)[a-z2-7]{{{TOKEN_LENGTH}}}(?:@|%40)",
    re.IGNORECASE,
)


def take_reply(way: Way, head: Message, raw: bytes, *, is_cut: bool) -> bool:
    """Post a reply, or send it back to its writer with a sentence. Returns whether it was posted.

    Raises Unavailable, and what the database raises: then it is to be taken again later.
    """
    with as_read_by(way.person):
        try:
            written = messages.text_of(raw, is_cut=is_cut)
        except messages.Unreadable:
            send_back(way.person, head, Answer(_("This email could not be read. Please reply on the page.")))
            return False
        words = without_secrets(own_words(written.words))
        submission = submission_of(way, head, raw)
        try:
            path = _posted(way, words, submission, is_whole=not written.is_cut)
        except Unavailable:
            raise
        except DomainError as refusal:
            kept = _kept(way, words, submission)
            back = words if words.strip() else without_secrets(written.words)
            send_back(way.person, head, Answer(one_line(str(refusal)), words=back, kept=kept))
            return False
        if written.has_attachments:
            send_back(way.person, head, Answer(_("Your reply was posted without its attachments."), path=path))
    return True


def submission_of(way: Way, head: Message, raw: bytes) -> UUID:
    """Return what makes a message that is delivered twice one submission: its id; all of it, if it has none."""
    named = messages.message_id(head).encode() or sha256(raw).digest()
    return UUID(bytes=sha256(f"{way.person.pk} {way.kind} {way.target} ".encode() + named).digest()[:16])


def without_secrets(words: str) -> str:
    """Return a text without lines of our letters that are for their reader alone, if a client quoted them unmarked."""
    return "\n".join(line for line in words.split("\n") if not _SECRET.search(line))


def _posted(way: Way, words: str, submission: UUID, *, is_whole: bool) -> str:
    replies = verbs.replies_to(way.kind)
    if replies is None or way.has_ended:
        raise Invalid(_("This email address for replies has expired. Please reply on the page."))
    if not is_whole:
        raise Invalid(_("This email is too long to be posted. Please reply on the page."))
    if not words.strip():
        raise Invalid(_("Your email contains no text besides what it quotes, so nothing was posted."))
    return replies.post(way.person, way.target, words, submission)


def _kept(way: Way, words: str, submission: UUID) -> str:
    replies = verbs.replies_to(way.kind)
    return replies.keep(way.person, way.target, words, submission) if replies is not None and words.strip() else ""
