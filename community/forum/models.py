"""Invitations to answer a question."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Invitation(models.Model):
    """Somebody was asked by somebody else to answer a question: each person once, whoever asks."""

    thread = models.ForeignKey("content.Thread", on_delete=models.CASCADE, related_name="+")
    inviter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    invited = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    declined_at = models.DateTimeField(null=True, blank=True)  # which nobody else is told

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["thread", "invited"], name="invited_once"),
            models.CheckConstraint(condition=~Q(inviter=F("invited")), name="invites_another"),
        )
        indexes = (models.Index("inviter", F("created_at").desc(), name="invited_lately"),)

    def __str__(self) -> str:
        return f"{self.invited_id} is invited to answer thread {self.thread_id}"
