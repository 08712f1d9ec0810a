"""Whose turn an idempotency key is: claimed for a while by one request, then answered for a day.

A claim is a row of its own, committed before the act, so that no transaction is open while the act renders or waits.
A lease lets another request take the key over when the process that had it is gone.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from community.accounts.models import User
from community.api.errors import IdempotencyKeyBusy, IdempotencyKeyReused
from community.api.models import IdempotentAnswer
from community.common import housekeeping

KEPT = timedelta(days=1)
LEASE = timedelta(seconds=60)
LOOK_EVERY = 0.05
LONGEST_WAIT = 20.0


def register() -> None:
    housekeeping.register("idempotency keys", sweep)


def sweep() -> int:
    """Delete keys that are older than they are kept, of people who do not come back too."""
    return housekeeping.delete_batch(_old())


def take(*, owner: User, key: str, digest: str) -> IdempotentAnswer:
    """Return the key's row, claimed for this request, or answered by an earlier one; wait while one is at work.

    Raises IdempotencyKeyReused for another request than the key's, IdempotencyKeyBusy when the wait is too long.
    """
    _forget_old(owner)
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until:
        row = _look(owner, key, digest)
        if row is not None:
            return row
        time.sleep(LOOK_EVERY)
    raise IdempotencyKeyBusy(retry_after=round(LONGEST_WAIT))


def answer(row: IdempotentAnswer, status: int, text: str) -> None:
    """Store what the act gave; a row that somebody else has taken over meanwhile is theirs to answer."""
    _claimed(row).update(status=status, answer=text, leased_until=None)


def free(row: IdempotentAnswer) -> None:
    """Forget a claim whose act was refused: the key may be used for another request."""
    _claimed(row).delete()


def give_up(row: IdempotentAnswer) -> None:
    """End a claim whose act failed and may have written: only the same request may try again, as that submission."""
    _claimed(row).update(leased_until=timezone.now())


def _claimed(row: IdempotentAnswer):
    return IdempotentAnswer.objects.filter(pk=row.pk, leased_until=row.leased_until)


def _look(owner: User, key: str, digest: str) -> IdempotentAnswer | None:
    """Return the row when it is answered or ours; None while another request has it."""
    defaults = {"body_digest": digest, "leased_until": _lease()}
    try:
        row, is_new = IdempotentAnswer.objects.get_or_create(owner=owner, key=key, defaults=defaults)
    except IntegrityError:  # it was there and is gone again: look once more
        return None
    if row.body_digest != digest:
        raise IdempotencyKeyReused
    if is_new or row.leased_until is None:
        return row
    return _taken_over(row) if row.leased_until <= timezone.now() else None


def _taken_over(row: IdempotentAnswer) -> IdempotentAnswer | None:
    lease = _lease()
    if not _claimed(row).update(leased_until=lease):
        return None
    row.leased_until = lease
    return row


def _lease() -> datetime:
    return timezone.now() + LEASE


def _forget_old(owner: User) -> None:
    _old().filter(owner=owner).delete()


def _old() -> QuerySet[IdempotentAnswer]:
    return IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - KEPT)
