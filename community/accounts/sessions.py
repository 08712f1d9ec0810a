"""Deletion of expired sessions, and word of ended ones to open pages."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from community.accounts.models import User
from community.common import housekeeping
from community.common.shared_look import tell


def register() -> None:
    housekeeping.register("sessions", sweep)
    post_delete.connect(tell_of_session, sender=Session)
    post_save.connect(tell_of_person, sender=User)


def sweep() -> int:
    return housekeeping.delete_batch(Session.objects.filter(expire_date__lt=timezone.now()))


def tell_of_session(instance: Session, **_more: Any) -> None:
    """Let the open pages of a person who has signed out look whether their session is still there."""
    if instance.expire_date > timezone.now() and (key := instance.get_decoded().get(SESSION_KEY)):
        tell(int(key))


def tell_of_person(instance: User, **_more: Any) -> None:
    """Let the open pages of a person look: the account may be closed by now, or have another password."""
    tell(instance.pk)
