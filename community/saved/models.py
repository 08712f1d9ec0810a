"""Searches that people saved."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.search.language import LONGEST
from community.search.panel import address_of_text

NAME_LENGTH = 60


class SavedSearch(models.Model):
    """A search whose owner is notified of new results. `query` is its text as the language of searches writes it.

    Posts published up to `since` have been looked at. `look_at` is when to look again, `told_at` when its owner was
    last notified.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches", db_index=False
    )
    query = models.CharField(max_length=LONGEST)
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField(default=timezone.now)
    look_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "query"], name="saved_search_once"),)
        indexes = (models.Index("look_at", "id", name="saved_search_due"),)

    def __str__(self) -> str:
        return self.name or self.query

    def get_absolute_url(self) -> str:
        """Return the address of its results, the newest first."""
        return address_of_text(self.query, "newest")


class NewResult(models.Model):
    """A result that the latest notification of a search counts: one that is hidden later is counted no more."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="new_results", db_index=False)
    kind = models.CharField(max_length=20)
    object_id = models.PositiveBigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["search", "kind", "object_id"], name="new_result_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
