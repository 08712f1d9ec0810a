"""Categories as pages show them: nested, with counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import Count

from community.content.models import Category, Thread

COUNTS_KEY = "forum:category-counts"
COUNTS_SECONDS = 60


@dataclass(slots=True)
class Shelf:
    """A category with those inside it. `count` is of public threads, inner ones included."""

    category: Category
    count: int = 0
    inner: list[Shelf] = field(default_factory=list)


def shelves() -> list[Shelf]:
    """All categories as a forest, in their order: one query, counts from a cache."""
    counts = _counts()
    by_id = {category.pk: Shelf(category, counts.get(category.pk, 0)) for category in Category.objects.all()}
    for shelf in by_id.values():
        if shelf.category.parent_id is not None:
            by_id[shelf.category.parent_id].inner.append(shelf)
    roots = [shelf for shelf in by_id.values() if shelf.category.parent_id is None]
    for root in roots:
        _sum_up(root)
    return roots


def find(roots: list[Shelf], slug: str) -> list[Shelf]:
    """The way from a root to the category of this slug; empty when there is none."""
    for shelf in roots:
        if shelf.category.slug == slug:
            return [shelf]
        way = find(shelf.inner, slug)
        if way:
            return [shelf, *way]
    return []


def ids_within(shelf: Shelf) -> list[int]:
    return [shelf.category.pk, *(pk for inner in shelf.inner for pk in ids_within(inner))]


def flat(roots: list[Shelf]) -> list[Category]:
    """Every category, inner ones after their parent, each with its `thread_count`."""
    found = []
    for shelf in roots:
        shelf.category.thread_count = shelf.count
        found += [shelf.category, *flat(shelf.inner)]
    return found


def choices() -> list[tuple[str, str]]:
    """For a select: inner ones set in by a dash."""
    return [row for shelf in shelves() for row in _rows(shelf, 0)]


def _rows(shelf: Shelf, depth: int) -> list[tuple[str, str]]:
    row = (shelf.category.slug, "\u2014 " * depth + shelf.category.label)
    return [row, *(each for inner in shelf.inner for each in _rows(inner, depth + 1))]


def _sum_up(shelf: Shelf) -> int:
    shelf.count += sum(_sum_up(inner) for inner in shelf.inner)
    return shelf.count


def _counts() -> dict[int, int]:
    return cache.get_or_set(COUNTS_KEY, _counted, COUNTS_SECONDS) or {}


def _counted() -> dict[int, int]:
    rows = Thread.objects.public().exclude(category=None).order_by().values_list("category")
    return dict(rows.annotate(n=Count("pk")))
