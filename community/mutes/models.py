"""People whom a person muted or blocked."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from community.mutes.querysets import MuteQuerySet


class Mute(models.Model):
    """`person` muted `other`. With `is_block` they blocked them: a mute that has effects on both."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mutes", db_index=False)
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muted_by")
    is_block = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = MuteQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "other"], name="mute_once"),
            models.CheckConstraint(condition=~Q(person=F("other")), name="mute_not_oneself"),
        )
        indexes = (models.Index("person", F("created_at").desc(), F("id").desc(), name="mute_new"),)

    def __str__(self) -> str:
        return f"{self.person_id} {'blocked' if self.is_block else 'muted'} {self.other_id}"
