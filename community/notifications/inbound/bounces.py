"""Reports of what could not be delivered (RFC 3464), sent to an address that only who got our letter knows."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import Message

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.common.mail_server import is_about_address
from community.notifications.inbound import messages
from community.notifications.mail import stopping
from community.notifications.mail.boxes import locked_mailbox

DAY, MONTH = timedelta(days=1), timedelta(days=30)
MOST_DAYS = 5
"""Days of a month with failures that may be no fault of the address, after which email stops all the same."""
MOST_REPORTS = 50
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})\b")


def take_report(person: User, raw: bytes) -> bool:
    """End email to a person, or count a failure, as a report says. Returns whether it is one of a failure.

    A delay is none: a server that gives up reports that too.
    """
    found = failures(messages.parsed(raw))
    if any(map(_is_for_good, found)):
        stopping.refuse(person)
    elif found:
        _count(person)
    return bool(found)


def failures(message: Message) -> list[tuple[int, int, int]]:
    """Return the status codes of failed deliveries in a report; nothing of a message that is none."""
    if message.get_content_type() != "multipart/report":
        return []
    reports = [part.get_payload() for part in messages.leaves(message) if _is_status(part)]
    groups = [group for report in reports if isinstance(report, list) for group in report[:MOST_REPORTS]]
    return [code for group in groups if isinstance(group, Message) and (code := _failure(group)) is not None]


def _is_status(part: Message) -> bool:
    return part.get_content_type() == "message/delivery-status"


def _failure(group: Message) -> tuple[int, int, int] | None:
    if messages.header(group, "Action").lower() != "failed":
        return None
    found = _STATUS.match(messages.header(group, "Status"))
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _is_for_good(code: tuple[int, int, int]) -> bool:
    """Return whether nobody has the address, or its domain is gone (5.4.4).

    A full mailbox, an unknown reason and a time that ran out may pass.
    """
    kind, subject, detail = code
    return kind == 5 and (is_about_address(subject, detail) or (subject, detail) == (4, 4))


@transaction.atomic
def _count(person: User) -> None:
    """Count a day with failures. A month without any begins anew, as does another address."""
    box, now = locked_mailbox(person), timezone.now()
    before = box.bounced_at if box.bounced_address == person.email else None
    if before is not None and now - DAY < before <= now:
        return
    box.bounces = box.bounces + 1 if before is not None and now - MONTH < before else 1
    box.bounced_at, box.bounced_address = now, person.email
    box.save(update_fields=["bounces", "bounced_at", "bounced_address"])
    if box.bounces >= MOST_DAYS:
        stopping.refuse(person)
