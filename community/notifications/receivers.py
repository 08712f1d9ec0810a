from collections.abc import Collection

from allauth.account.signals import password_changed, password_set
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_save
from django.utils import timezone

from community.accounts.access import session_kept
from community.accounts.models import User
from community.notifications.models import Mailbox
from community.notifications.push import devices


def connect() -> None:
    user_logged_in.connect(devices.forget_others)
    user_logged_out.connect(devices.forget_signed_out)
    for signal in (session_kept, password_changed, password_set):
        signal.connect(devices.keep_signed_in)
    post_save.connect(_look_for_digests, sender=User)


def _look_for_digests(instance: User, update_fields: Collection[str] | None, **_sent: object) -> None:
    """Look when the next digest is due after a person has chosen a time zone: their morning may come sooner."""
    if update_fields and "time_zone" in update_fields:
        Mailbox.objects.filter(person=instance.pk).update(looked_at=timezone.now())
