"""Deletion of expired sessions."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from community.common import housekeeping


def register() -> None:
    housekeeping.register("sessions", sweep)


def sweep() -> int:
    return housekeeping.delete_batch(Session.objects.filter(expire_date__lt=timezone.now()))
