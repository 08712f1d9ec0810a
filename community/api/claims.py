"""Idempotency key claims: one request holds the lease, and the stored answer is kept for a day.

A claim is committed in its own transaction before the operation runs, so that no transaction is open while it renders
or waits. When a process dies, another request takes the key over after the lease expires.
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

RETENTION = timedelta(days=1)
LEASE = timedelta(seconds=60)
LOOK_EVERY = 0.05
LONGEST_WAIT = 20.0


def register() -> None:
    housekeeping.register("idempotency keys", sweep)


def sweep() -> int:
    """Delete expired keys, including those of inactive users."""
    return housekeeping.delete_batch(_old())


def acquire(*, owner: User, key: str, digest: str) -> IdempotentAnswer:
    """Return the key's row, claimed for this request or already answered; wait while another request holds the lease.

    Raises IdempotencyKeyReused if the key belongs to a different request, IdempotencyKeyBusy when the wait times out.
    """
    _delete_expired(owner)
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until:
        row = _try_claim(owner, key, digest)
        if row is not None:
            return row
        time.sleep(LOOK_EVERY)
    raise IdempotencyKeyBusy(retry_after=round(LONGEST_WAIT))


def store_answer(row: IdempotentAnswer, status: int, text: str) -> None:
    """Store the operation's answer, unless another request has taken over the lease."""
    _claimed(row).update(status=status, answer=text, leased_until=None)


def release(row: IdempotentAnswer) -> None:
    """Delete the claim of a rejected operation, so that the key can be used for another request."""
    _claimed(row).delete()


def abandon(row: IdempotentAnswer) -> None:
    """End the lease of a failed operation that may have written data; only the same request can retry it."""
    _claimed(row).update(leased_until=timezone.now())


def _claimed(row: IdempotentAnswer):
    return IdempotentAnswer.objects.filter(pk=row.pk, leased_until=row.leased_until)


def _try_claim(owner: User, key: str, digest: str) -> IdempotentAnswer | None:
    """Return the row if it is answered or claimed by us; None while another request holds it."""
    defaults = {"body_digest": digest, "leased_until": _lease()}
    try:
        row, is_new = IdempotentAnswer.objects.get_or_create(owner=owner, key=key, defaults=defaults)
    except IntegrityError:  # created and deleted meanwhile: look again
        return None
    if row.body_digest != digest:
        raise IdempotencyKeyReused
    if is_new or row.leased_until is None:
        return row
    return _take_over(row) if row.leased_until <= timezone.now() else None


def _take_over(row: IdempotentAnswer) -> IdempotentAnswer | None:
    lease = _lease()
    if not _claimed(row).update(leased_until=lease):
        return None
    row.leased_until = lease
    return row


def _lease() -> datetime:
    return timezone.now() + LEASE


def _delete_expired(owner: User) -> None:
    _old().filter(owner=owner).delete()


def _old() -> QuerySet[IdempotentAnswer]:
    return IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - RETENTION)
