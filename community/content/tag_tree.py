"""Where a tag is: the tags within it, of which its lists have the threads too, and its synonyms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from .models import Tag, Thread
from .querysets import ThreadQuerySet

MOST_WITHIN = 11  # each is a part of the tag's list: see listings.py


@dataclass(frozen=True, slots=True)
class Place:
    """A tag with those right within it and its synonyms.

    `keys` are of all tags whose threads its lists have: its own, of those within it at any depth, and of synonyms from
    which threads are still being moved.
    """

    tag: Tag
    children: Sequence[Tag]
    synonyms: Sequence[Tag]
    keys: tuple[int, ...]
    below: frozenset[int]  # keys of all within it, used or not

    def get_absolute_url(self) -> str:
        return self.tag.get_absolute_url()

    @property
    def is_used(self) -> bool:
        """Whether it has a public thread, itself or in a tag within it; otherwise it is as good as unknown."""
        return self.tag.thread_count > 0 or len(self.keys) > 1


def place_of(tag: Tag) -> Place:
    """Return the place of a tag, in one query: of the tags that are in the tree, which are few, and its synonyms."""
    near = Tag.objects.filter(Q(parent__isnull=False) | Q(synonym_of=tag)).order_by("-thread_count", "slug")
    rows = list(near.only("slug", "name", "name_zh", "thread_count", "parent", "synonym_of"))
    synonyms = [row for row in rows if row.synonym_of_id == tag.pk]
    below = _below(tag.pk, rows)
    moving = [row for row in synonyms if row.thread_count]
    used = [row for row in below if row.thread_count]
    children = [row for row in below if row.parent_id == tag.pk and (row.thread_count or _below_used(row, below))]
    keys = (tag.pk, *(row.pk for row in (*used, *moving)))
    return Place(tag, children, synonyms, keys, frozenset(row.pk for row in below))


def path_to(tag: Tag) -> list[Tag]:
    """Return a tag's path to its root, itself the first, in a query for each step; stops at a circle."""
    path, step = [tag], tag.parent
    while step is not None and step not in path:
        path.append(step)
        step = step.parent
    return path


def tagged(keys: Sequence[int]) -> ThreadQuerySet:
    """Return the threads that have any of these tags, each once."""
    if len(keys) == 1:
        return Thread.objects.filter(tags=keys[0])
    return Thread.objects.filter(Exists(Thread.tags.through.objects.filter(thread=OuterRef("pk"), tag__in=keys)))


def _below(key: int, rows: Sequence[Tag]) -> list[Tag]:
    """Return those of these tags that are within another, at any depth, each once."""
    found: list[Tag] = []
    wanted = {key}
    while wanted:
        step = [row for row in rows if row.parent_id in wanted and row not in found and row.pk != key]
        found += step
        wanted = {row.pk for row in step}
    return found


def _below_used(tag: Tag, rows: Sequence[Tag]) -> bool:
    return any(row.thread_count for row in _below(tag.pk, rows))
