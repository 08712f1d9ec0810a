"""Notifications. Targets are loaded when shown, so nothing hidden leaks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from community.notifications.querysets import NotificationQuerySet


class Notification(models.Model):
    """A notification: `verb` is what happened, `target_kind` and `target_id` the target, registered by the app that
    owns them.

    `key` is unique per recipient: the same event is notified once. `note` says why it happened.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    verb = models.CharField(max_length=30)
    target_kind = models.CharField(max_length=20)
    target_id = models.PositiveBigIntegerField()
    key = models.CharField(max_length=80)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["recipient", "key"], name="notified_once"),)
        indexes = (
            models.Index("recipient", F("created_at").desc(), F("id").desc(), name="notification_new"),
            models.Index("recipient", condition=Q(read_at=None), name="notification_unread"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.target_kind} {self.target_id} to {self.recipient_id}"

    @property
    def is_read(self) -> bool:
        return self.read_at is not None
