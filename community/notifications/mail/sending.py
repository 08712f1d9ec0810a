"""Sending what was taken from an outbox, each at most once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import structlog
from django.core.mail import EmailMessage

from community.accounts.models import User
from community.common.mail_server import Outcome, send
from community.common.pauses import pause_of
from community.notifications.mail import stopping

logger = structlog.get_logger(__name__)


class Taken(Protocol):
    """What somebody took to send, so that nobody else does."""

    @property
    def person(self) -> User: ...


@dataclass(frozen=True, slots=True)
class Mailing[T: Taken]:
    """A kind of email: `take` takes what is due for a key, if it still is, and nobody takes it a second time.

    `write` returns the message, None if something has stopped it since. `put_back` lets it be taken again.
    """

    take: Callable[[int], T | None]
    write: Callable[[T], EmailMessage | None]
    put_back: Callable[[T], None]


def send_each[T: Taken](keys: Iterable[int], mailing: Mailing[T]) -> None:
    """Send what these keys name, each at most once, whoever else has been given them too.

    One that cannot be written does not hold up the others; a mail server that does not answer ends it for all, also for
    the batches after this one, and what was not taken is handed out again when its lease ends.
    """
    for key in keys:
        if pause_of("mail").is_on:
            return
        try:
            taken = mailing.take(key)
            if taken is not None:
                deliver(taken, mailing)
        except Exception:
            logger.exception("an email was not sent", key=key)


def deliver[T: Taken](taken: T, mailing: Mailing[T]) -> None:
    """Send what was taken. What the mail server certainly did not take is put back, as is what cannot be written."""
    try:
        message = mailing.write(taken)
    except Exception:
        mailing.put_back(taken)
        raise
    if message is None:
        return
    outcome = send(message)
    if outcome == Outcome.REFUSED:
        stopping.refuse(taken.person)
    elif outcome.is_certain:
        mailing.put_back(taken)
