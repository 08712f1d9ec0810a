"""What a message is, and what is done with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    """Do what a message asks for, as `receive_each` does. Returns the outcome for the first address of ours."""
    outcomes = receive_each(raw, list(recipients))
    return next((outcome for outcome in outcomes if outcome != Outcome.UNKNOWN), Outcome.UNKNOWN)


def receive_each(raw: bytes, recipients: Sequence[str]) -> list[Outcome]:
    """Do what a message asks for, once for each way that its envelope names, however often it is delivered.

    Returns the outcome for each recipient, or one if there are none. If the envelope names no way, the headers may.
    Whatever is raised, nothing was done or the same is done again: it is to be delivered again later.
    """
    raw, is_cut = messages.within_limits(raw)
    try:
        head = messages.headers_of(raw)
    except Unreadable:
        logger.info("an email came in", outcome=Outcome.UNREADABLE, person=None)
        return [Outcome.UNREADABLE] * max(len(recipients), 1)
    ways = _ways(recipients, head)
    outcomes = {way: _outcome(way, head, raw, is_cut) for way in dict.fromkeys(ways)}
    return [outcomes[way] for way in ways]


def _ways(recipients: Sequence[str], head: Message) -> list[Way | None]:
    found = addresses.read_all(recipients)
    if any(found):
        return found
    named = addresses.read_all(messages.recipients_of(head))
    return [next(filter(None, named), None)] * max(len(found), 1)


def _outcome(way: Way | None, head: Message, raw: bytes, is_cut: bool) -> Outcome:
    try:
        outcome = _done(way, head, raw, is_cut) if way is not None else Outcome.UNKNOWN
    except Unreadable:
        outcome = Outcome.UNREADABLE
    logger.info("an email came in", outcome=outcome, person=way.person.pk if way else None)
    return outcome


def _done(way: Way, head: Message, raw: bytes, is_cut: bool) -> Outcome:
    if way.is_for_bounces:
        is_report = not way.has_ended and take_report(way.person, raw)
        return Outcome.BOUNCED if is_report else Outcome.UNKNOWN
    if messages.is_automatic(head):
        return Outcome.AUTOMATIC
    if not senders.is_by(way.person, head):
        return Outcome.FORGED
    return Outcome.POSTED if take_reply(way, head, raw, is_cut=is_cut) else Outcome.SENT_BACK
