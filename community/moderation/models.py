"""Reports by readers and their outcomes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.content.reasons import Reason
from community.moderation.querysets import ReportQuerySet


class Outcome(models.TextChoices):
    HIDDEN = "hidden", _("Hidden")
    DISMISSED = "dismissed", _("Dismissed")


MOST_NOTE = 1000  # characters


class Report(models.Model):
    """One person's report of one post; resolved by staff with an outcome, never deleted."""

    post = models.ForeignKey("content.Post", on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=12, choices=Reason)
    note = models.CharField(max_length=MOST_NOTE, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["post", "reporter"], condition=Q(closed_at=None), name="one_open_report"),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | ~Q(closed_at=None) & ~Q(outcome=""),
                name="closed_with_an_outcome",
            ),
        )
        indexes = (
            models.Index("post", F("created_at").desc(), condition=Q(closed_at=None), name="report_open_of_post"),
            models.Index(F("created_at").desc(), F("id").desc(), condition=Q(closed_at=None), name="report_open_new"),
        )

    def __str__(self) -> str:
        return f"{self.reason} on post {self.post_id}"
