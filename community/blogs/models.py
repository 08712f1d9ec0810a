"""Publication state of articles. The text is the Thread's opening post."""

from __future__ import annotations

import secrets

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext


def new_preview_token() -> str:
    return secrets.token_urlsafe(24)


class Article(models.Model):
    """One-to-one with its Thread. Anyone with the link can read the draft by `preview_token` until it is changed."""

    thread = models.OneToOneField("content.Thread", on_delete=models.CASCADE, related_name="article", primary_key=True)
    summary = models.CharField(max_length=400, blank=True)
    cover = models.ForeignKey("media.Asset", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    preview_token = models.CharField(max_length=48, unique=True, default=new_preview_token)
    reading_minutes = models.PositiveSmallIntegerField(default=1)
    revised_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"article {self.thread_id}"

    @property
    def preview_url(self) -> str:
        return reverse("blogs:preview-link", args=[self.preview_token])

    @property
    def reading_time(self) -> str:
        minutes = self.reading_minutes
        return ngettext("%(minutes)s min read", "%(minutes)s min read", minutes) % {"minutes": minutes}
