"""Audit log of staff actions, read by staff. Rows are append-only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone

from community.audit import actions


class AuditEntry(models.Model):
    """One action of a staff member.

    `target_kind` and `target_id` name a row by its model's name and key, so this app depends on no other. `changes`
    maps a field to its values before and after; `note` is the reason given.
    """

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField(max_length=30)
    target_kind = models.CharField(max_length=20)
    target_id = models.PositiveBigIntegerField()
    changes = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = (models.Index(F("created_at").desc(), F("id").desc(), name="audit_new"),)

    def __str__(self) -> str:
        return f"{self.action} {self.target_kind} {self.target_id} by {self.actor_id}"

    @property
    def action_words(self) -> str:
        """The action in the reader's language."""
        return actions.words(self.action)
