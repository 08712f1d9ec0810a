"""Edits that somebody suggests for another person's post."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community.review.querysets import SuggestedEditQuerySet

OPEN_FOR = timedelta(days=60)
IS_OPEN = Q(state="open")


class State(models.TextChoices):
    OPEN = "open", pgettext_lazy("suggested edit", "Waiting")
    APPROVED = "approved", pgettext_lazy("suggested edit", "Approved")
    IMPROVED = "improved", _("Approved with changes")
    REJECTED = "rejected", pgettext_lazy("suggested edit", "Rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("suggested edit", "Withdrawn")
    EXPIRED = "expired", pgettext_lazy("suggested edit", "Expired")


class SuggestedEdit(models.Model):
    """A text that somebody suggests for another person's post, made from its version `base_version`.

    `filing` is what else it changes (see `filing`): tags, category or summary, as they were and as they shall be.
    `receiver` is the post's author. `version` counts the changes of the suggestion, so that nobody approves one that
    they have not read; `created_at` is the time of the last one. `answer` is why it was rejected. One that nobody
    decided expires after OPEN_FOR.
    """

    post = models.ForeignKey("content.Post", on_delete=models.CASCADE, related_name="suggestions", db_index=False)
    thread = models.ForeignKey("content.Thread", on_delete=models.CASCADE, related_name="+", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    title = models.CharField(max_length=200, blank=True)
    source = models.TextField()
    filing = models.JSONField(default=dict, blank=True, db_default={})
    reason = models.CharField(max_length=200)
    base_version = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = SuggestedEditQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["post", "author"], condition=IS_OPEN, name="one_open_suggestion"),
            models.CheckConstraint(
                condition=IS_OPEN & Q(decided_at=None) | ~IS_OPEN & Q(decided_at__isnull=False),
                name="suggestion_decided_once",
            ),
        )
        indexes = (
            models.Index(F("created_at").desc(), F("id").desc(), name="suggestion_open", condition=IS_OPEN),
            models.Index("receiver", F("created_at").desc(), F("id").desc(), name="suggestion_for", condition=IS_OPEN),
            models.Index("author", F("created_at").desc(), F("id").desc(), name="suggestion_by"),
            models.Index("thread", name="suggestion_in", condition=IS_OPEN),
            models.Index("post", name="suggestion_of_post"),
        )

    def __str__(self) -> str:
        return f"suggested edit of post {self.post_id}"

    def get_absolute_url(self) -> str:
        return reverse("review:suggestion", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def expires_at(self) -> datetime:
        return self.created_at + OPEN_FOR
