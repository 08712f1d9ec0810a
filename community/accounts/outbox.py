"""Emails about accounts: they wait in a table until the mail server has taken them, so that none is lost.

A process that is killed after it has sent one sends it again, which does no harm: its link works once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from community.accounts.models import AccountMail
from community.common import housekeeping
from community.common.mail_server import Outcome, send
from community.common.pauses import pause_of

logger = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
"""What a job has not sent by then is handed out again."""
SOONEST, LATEST = timedelta(minutes=1), timedelta(minutes=30)
"""How long an email waits for the next try: as long as it has waited, within these."""
EXPIRES = timedelta(days=3)
"""After how long it is given up: its links have expired."""
BATCH = 50


def register() -> None:
    housekeeping.register("account mail", hand_out)
    housekeeping.register("account mail given up", sweep)


def put(message: EmailMessage) -> None:
    """Let a message of plain text to one recipient wait, and enqueue a job that sends it."""
    from community.accounts import tasks

    (recipient,) = message.to
    due_at = timezone.now() + LEASE
    with transaction.atomic():
        row = AccountMail.objects.create(
            recipient=recipient, subject=str(message.subject), body=str(message.body), due_at=due_at
        )
        tasks.send_account_mail.enqueue(mails=[row.pk])


def hand_out() -> int:
    """Enqueue a job for the emails that are due, and return how many."""
    from community.accounts import tasks

    due = AccountMail.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
    if not due.exists():
        return 0
    with transaction.atomic():
        keys = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
        if keys:
            AccountMail.objects.filter(pk__in=keys).update(due_at=timezone.now() + LEASE)
            tasks.send_account_mail.enqueue(mails=keys)
    return len(keys)


def send_each(keys: Iterable[int]) -> None:
    """Send these emails. One that cannot be sent does not hold up the others."""
    for mail in AccountMail.objects.filter(pk__in=keys).order_by("pk"):
        try:
            _deliver(mail)
        except Exception:
            logger.exception("an email was not sent", key=mail.pk)


def _deliver(mail: AccountMail) -> None:
    is_paused = pause_of("mail").is_on
    message = EmailMessage(mail.subject, mail.body, None, [mail.recipient])
    outcome = Outcome.AWAY if is_paused else send(message)
    row = AccountMail.objects.filter(pk=mail.pk)
    if outcome in (Outcome.SENT, Outcome.REFUSED):
        row.delete()
        return
    now = timezone.now()
    waited = min(max(now - mail.created_at, SOONEST), LATEST)
    row.update(due_at=now + (SOONEST if outcome == Outcome.AWAY else waited))


def sweep() -> int:
    """Delete what could not be sent until its links expired."""
    deleted = housekeeping.delete_batch(AccountMail.objects.filter(created_at__lt=timezone.now() - EXPIRES))
    if deleted:
        logger.error("emails about accounts could not be sent and are given up", count=deleted)
    return deleted
