"""Rows of the search index. Their tokens are in a backend-specific table (see backends)."""

from __future__ import annotations

from django.db import models

from community.search.backends.postgres import Vector
from community.search.backends.sqlite_fts import FullText


class Document(models.Model):
    """A searchable document. `body` is its plain text, for excerpts.

    `facts` are the tokens that it is filtered by; empty if it was indexed by a release that had none.
    """

    kind = models.CharField(max_length=20)
    object_id = models.PositiveBigIntegerField()
    title = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    facts = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "object_id"], name="indexed_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


__all__ = ["Document", "FullText", "Vector"]
