"""Categories and tags."""

from __future__ import annotations

from typing import NamedTuple

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from community.common.addresses import address_of
from community.content.querysets import CategoryQuerySet, TagQuerySet


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
        return in_readers_language(self.name, self.name_zh)

    @property
    def summary(self) -> str:
        return self.description_zh if self.description_zh and _reader_is_chinese() else self.description


class Written(NamedTuple):
    """A text with its language."""

    text: str
    language: str


class Tag(models.Model):
    """A tag, or another word for one: a synonym of it. `slug` is NFKC, casefolded, any script.

    Each name of a tag has a row, so that slugs tell who has which: that of its second name is a synonym too. What has a
    synonym has its tag: threads get the tag, and those that had the synonym before are moved by a job. A tag and its
    synonyms are one level: `synonym_of` is no synonym, and a synonym has no place in the tree of `parent`.
    """

    slug = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=40, blank=True, default="", db_default="")
    description = models.CharField(max_length=300, blank=True)
    description_zh = models.CharField(max_length=300, blank=True, default="", db_default="")
    about = models.TextField(blank=True, default="", db_default="")
    about_zh = models.TextField(blank=True, default="", db_default="")
    about_html = models.TextField(blank=True, default="", db_default="", editable=False)
    about_zh_html = models.TextField(blank=True, default="", db_default="", editable=False)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    synonym_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="synonyms")
    version = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # counts what moderators saved
    thread_count = models.PositiveIntegerField(default=0)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        indexes = [models.Index(F("thread_count").desc(), "slug", name="tag_by_use")]
        constraints = [
            models.CheckConstraint(condition=~Q(synonym_of=F("pk")), name="tag_no_synonym_of_itself"),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="tag_not_within_itself"),
            models.CheckConstraint(condition=Q(synonym_of=None) | Q(parent=None), name="synonym_not_in_tree"),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return address_of("forum:tag", self.slug)

    @property
    def label(self) -> str:
        """Name in the reader's language."""
        return in_readers_language(self.name, self.name_zh)

    @property
    def other_name(self) -> str:
        """Its name in the other language; empty if it has none."""
        return next((name for name in (self.name, self.name_zh) if name != self.label), "")

    @property
    def summary(self) -> Written:
        """What it is, in a sentence or two, in the reader's language if there is a text in it."""
        return _written(self.description, self.description_zh)

    @property
    def about_page(self) -> Written:
        """The HTML of what moderators wrote about it, in the reader's language if there is a text in it."""
        return _written(self.about_html, self.about_zh_html)


def in_readers_language(english: str, chinese: str) -> str:
    return chinese if chinese and _reader_is_chinese() else english


def _written(english: str, chinese: str) -> Written:
    text = in_readers_language(english, chinese) or chinese
    return Written(text, "zh-hans" if text and text == chinese else "en")


def _reader_is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
