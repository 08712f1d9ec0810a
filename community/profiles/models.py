"""What a profile shows besides its lists: contributions by day, and what its owner pinned."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Calendar(models.Model):
    """A person's public contributions by day in UTC, for about a year.

    `days` has, by ISO date, a number for each of `counting.KINDS`. From the day `stale_from` on it is to be counted
    again; null if it is right. `marks` tells how often that was said, so that what is said while it is counted is not
    lost.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    days = models.JSONField(default=dict)
    stale_from = models.DateField(null=True, blank=True)
    marks = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = (models.Index("stale_from", "person", name="calendar_stale", condition=Q(stale_from__isnull=False)),)

    def __str__(self) -> str:
        return f"contributions of {self.person_id}"


class Pin(models.Model):
    """A thread, by its opening post, an answer or a run that its owner shows first on their profile."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pins")
    post = models.ForeignKey("content.Post", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    spec_hash = models.CharField(max_length=32, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(post=None) ^ Q(spec_hash=""), name="pin_one_thing"),
            models.UniqueConstraint(fields=["owner", "post"], name="pin_post_once", condition=Q(post__isnull=False)),
            models.UniqueConstraint(fields=["owner", "spec_hash"], name="pin_run_once", condition=~Q(spec_hash="")),
        )

    def __str__(self) -> str:
        return f"{self.spec_hash or self.post_id} pinned by {self.owner_id}"
