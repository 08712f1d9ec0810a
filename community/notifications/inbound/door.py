"""What a message is, and what is done with it."""

from __future__ import annotations

from collections.abc import Iterable
from email.message import Message
from enum import StrEnum

import structlog

from community.notifications.inbound import addresses, messages, senders
from community.notifications.inbound.addresses import Way
from community.notifications.inbound.bounces import take_report
from community.notifications.inbound.messages import Unreadable
from community.notifications.inbound.replies import take_reply

logger = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """`UNKNOWN`: to no address of ours. All but the first three are dropped, and nobody is told."""

    POSTED = "posted"
    SENT_BACK = "sent back"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"
    AUTOMATIC = "automatic"
    FORGED = "forged"
    UNREADABLE = "unreadable"


def receive(raw: bytes, *, recipients: Iterable[str] = ()) -> Outcome:
    """Do what a message asks for, once, however often it is delivered. `recipients` are those of its envelope.

    Whatever is raised, nothing was done or the same is done again: it is to be delivered again later.
    """
    raw, is_cut = messages.within_limits(raw)
    way = None
    try:
        head = messages.headers_of(raw)
        way = _way(recipients, head)
        outcome = _done(way, head, raw, is_cut) if way is not None else Outcome.UNKNOWN
    except Unreadable:
        outcome = Outcome.UNREADABLE
    logger.info("an email came in", outcome=outcome, person=way.person.pk if way else None)
    return outcome


def _way(recipients: Iterable[str], head: Message) -> Way | None:
    for address in (*recipients, *messages.recipients_of(head)):
        found = addresses.read(address)
        if found is not None:
            return found
    return None


def _done(way: Way, head: Message, raw: bytes, is_cut: bool) -> Outcome:
    if way.is_for_bounces:
        is_report = not way.has_ended and take_report(way.person, raw)
        return Outcome.BOUNCED if is_report else Outcome.UNKNOWN
    if messages.is_automatic(head):
        return Outcome.AUTOMATIC
    if not senders.is_by(way.person, head):
        return Outcome.FORGED
    return Outcome.POSTED if take_reply(way, head, raw, is_cut=is_cut) else Outcome.SENT_BACK
