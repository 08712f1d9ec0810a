"""Handing a message to the mail server, and what its answers mean."""

from __future__ import annotations

import re
import smtplib
from enum import StrEnum

import structlog
from django.core.cache import cache
from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.base import BaseEmailBackend

from community.common.pauses import pause_of

logger = structlog.get_logger(__name__)

ENHANCED = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})\b")
NO_SUCH_ADDRESS = frozenset({550, 551, 553})
NOT_TAKEN = (smtplib.SMTPException, OSError)
PAUSE = 60.0
"""Seconds in which a process does not ask a mail server again that did not answer: each time takes its timeout."""
AWAY_KEY = "mail-server-away"
AWAY_SECONDS = 1_800
"""How long people are told that email is late after a server could not be reached: as long as no try is made."""


class Outcome(StrEnum):
    """`LATER`: the server certainly did not take it. `LOST`: it may have, so that nobody sends it again.

    `AWAY` and `SILENT` are the same of a server that cannot be reached, or no longer answers: the next message would
    wait as long for it.
    """

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    LOST = "lost"
    AWAY = "away"
    SILENT = "silent"

    @property
    def is_certain(self) -> bool:
        """Whether the server certainly did not take the message, so that it can be sent again."""
        return self in {Outcome.LATER, Outcome.AWAY}

    @property
    def is_silence(self) -> bool:
        """Whether the server did not answer, so that the messages after it are left for later."""
        return self in {Outcome.AWAY, Outcome.SILENT}


def send(message: EmailMessage) -> Outcome:
    """Send a message to its one recipient. Never raises for what a mail server does.

    A server that does not answer is not asked again for PAUSE seconds.
    """
    outcome = _sent(message)
    if outcome.is_silence:
        pause_of("mail").begin(PAUSE)
    if outcome == Outcome.AWAY:
        cache.set(AWAY_KEY, 1, AWAY_SECONDS)
    elif outcome == Outcome.SENT:
        cache.delete(AWAY_KEY)
    return outcome


def is_away() -> bool:
    """Return whether the mail server could not be reached at the last try, by any process."""
    return cache.get(AWAY_KEY) is not None


def _sent(message: EmailMessage) -> Outcome:
    connection: BaseEmailBackend = mailers["default"]
    try:
        connection.open()
    except NOT_TAKEN as error:
        return _logged(Outcome.AWAY, error)
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        return _logged(_of_recipient(*next(iter(error.recipients.values()))), error)
    except smtplib.SMTPResponseException as error:
        return _logged(Outcome.LATER if 400 <= error.smtp_code < 500 else Outcome.LOST, error)
    except NOT_TAKEN as error:
        return _logged(Outcome.SILENT if _is_timeout(error) else Outcome.LOST, error)
    finally:
        _close(connection)
    return Outcome.SENT


def _of_recipient(code: int, words: bytes | str) -> Outcome:
    """Return what a refusal means. Only one that is about the address stops email, not one about the sender or spam."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    if code < 500:
        return Outcome.LATER
    enhanced = ENHANCED.match(text.strip())
    is_refused = is_about_address(int(enhanced[1]), int(enhanced[2])) if enhanced else code in NO_SUCH_ADDRESS
    return Outcome.REFUSED if is_refused else Outcome.LOST


def is_about_address(subject: int, detail: int) -> bool:
    """Return whether a status for good (RFC 3463) says that nobody has an address.

    5.1.7 and 5.1.8 are about the address of the sender, which is ours.
    """
    return (subject == 1 and detail not in (7, 8)) or (subject, detail) == (2, 1)


def _is_timeout(error: Exception) -> bool:
    """Return whether the server did not answer in time: smtplib says only that the connection has ended."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except NOT_TAKEN:
        logger.info("the mail server was gone before it was left")


def _logged(outcome: Outcome, error: Exception) -> Outcome:
    logger.warning("mail was not sent", outcome=outcome, error=type(error).__name__)
    return outcome
