"""Handing a message to the mail server, and what its answer means."""

from __future__ import annotations

import re
import smtplib
from enum import StrEnum

import structlog
from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.base import BaseEmailBackend

logger = structlog.get_logger(__name__)

ENHANCED = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})\b")
NO_SUCH_ADDRESS = frozenset({550, 551, 553})
NOT_TAKEN = (smtplib.SMTPException, OSError)


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
    def is_end(self) -> bool:
        """Whether to leave the messages after it for later."""
        return self in {Outcome.AWAY, Outcome.SILENT}


def send(message: EmailMessage) -> Outcome:
    """Send a message to its one recipient. Never raises for what a mail server does."""
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
    is_about_address = enhanced[1] == "1" or enhanced.group(1, 2) == ("2", "1") if enhanced else code in NO_SUCH_ADDRESS
    return Outcome.REFUSED if is_about_address else Outcome.LOST


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
