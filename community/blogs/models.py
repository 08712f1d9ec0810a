"""Publication state of articles, whose text is the Thread's opening post; and series of them."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from community.rendering.line_breaks import keep_shapes
from community.rendering.readable import readable_words

TITLE_LENGTH, ABOUT_LENGTH = 120, 400


def new_preview_token() -> str:
    return secrets.token_urlsafe(24)


class Article(models.Model):
    """One-to-one with its Thread. Anyone with the link can read the draft by `preview_token` until it is changed.

    `summary_html` has the formulas of the summary; it is empty if there are none: see summaries.py.
    """

    thread = models.OneToOneField("content.Thread", on_delete=models.CASCADE, related_name="article", primary_key=True)
    summary = models.CharField(max_length=400, blank=True)
    summary_html = models.TextField(blank=True, default="", db_default="")
    summary_html_version = models.SmallIntegerField(default=0, db_default=0)
    cover = models.ForeignKey("media.Asset", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    preview_token = models.CharField(max_length=48, unique=True, default=new_preview_token)
    reading_minutes = models.PositiveSmallIntegerField(default=1)
    revised_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"article {self.thread_id}"

    @property
    def shown_summary(self) -> SafeString:
        """Return the summary with its formulas, in characters until they are rendered."""
        return mark_safe(self.summary_html or keep_shapes(escape(readable_words(self.summary))))

    @property
    def preview_url(self) -> str:
        return reverse("blogs:preview-link", args=[self.preview_token])

    @property
    def reading_time(self) -> str:
        minutes = self.reading_minutes
        return ngettext("%(minutes)s min read", "%(minutes)s min read", minutes) % {"minutes": minutes}


class Series(models.Model):
    """A person's articles in an order of their own. Who sees none of them does not see it, but its owner."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="series", db_index=False)
    title = models.CharField(_("title"), max_length=TITLE_LENGTH)
    about = models.CharField(_("description"), max_length=ABOUT_LENGTH, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "title"], name="series_title_once"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("blogs:series", args=[self.pk])


class Part(models.Model):
    """An article's place in the one series that it is in. Places are in order, and may have gaps."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="parts", db_index=False)
    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="part", primary_key=True)
    position = models.IntegerField()

    class Meta:
        indexes = (models.Index(fields=["series", "position", "article"], name="series_order"),)

    def __str__(self) -> str:
        return f"article {self.article_id} in series {self.series_id}"


class SeriesFollow(models.Model):
    """A person who is notified of new parts of a series."""

    shown: Series | None  # what the follower may see of it, set by series.selectors.find_series

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="follows", db_index=False)
    follower = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["series", "follower"], name="series_followed_once"),)

    def __str__(self) -> str:
        return f"{self.follower_id} follows series {self.series_id}"
