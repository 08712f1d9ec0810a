"""Categories and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F
from django.utils.translation import get_language

from community.common.addresses import address_of
from community.content.querysets import CategoryQuerySet, TagQuerySet

if TYPE_CHECKING:
    pass


class Category(models.Model):
    """A forum category. Nested by parent; named in both languages; `tone` is the colour of its dot.

    `thread_count` is the number of its own public threads, without those of categories within it.
    """

    slug = models.SlugField(max_length=60, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80, blank=True)
    description = models.CharField(max_length=300, blank=True)
    description_zh = models.CharField(max_length=300, blank=True)
    tone = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    # Not positive: the release before does not count what it writes, so that during a deploy there may be too few.
    thread_count = models.IntegerField(default=0, db_default=0, editable=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return address_of("forum:category", self.slug)

    @property
    def label(self) -> str:
        """Name in the reader's language."""
        return self.name_zh if self.name_zh and _reader_is_chinese() else self.name

    @property
    def summary(self) -> str:
        return self.description_zh if self.description_zh and _reader_is_chinese() else self.description


class Tag(models.Model):
    """A tag. `slug` is NFKC, casefolded, any script."""

    slug = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    description = models.CharField(max_length=300, blank=True)
    thread_count = models.PositiveIntegerField(default=0)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        indexes = [models.Index(F("thread_count").desc(), "slug", name="tag_by_use")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("forum:tag", self.slug)


def _reader_is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
