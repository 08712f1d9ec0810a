"""Category tree for pages, with thread counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import Count

from community.content.models import Category, Thread

COUNTS_KEY = "content:category-counts"
COUNTS_SECONDS = 60


@dataclass(slots=True)
class CategoryNode:
    """A category and its children. `count` is the number of public threads, descendants included."""

    category: Category
    count: int = 0
    children: list[CategoryNode] = field(default_factory=list)


def category_roots() -> list[CategoryNode]:
    """Return all categories as a forest, in order: one query, cached counts."""
    counts = _counts()
    by_id = {category.pk: CategoryNode(category, counts.get(category.pk, 0)) for category in Category.objects.all()}
    for node in by_id.values():
        if node.category.parent_id is not None:
            by_id[node.category.parent_id].children.append(node)
    roots = [node for node in by_id.values() if node.category.parent_id is None]
    for root in roots:
        _sum_up(root)
    return roots


def path_to(roots: list[CategoryNode], slug: str) -> list[CategoryNode]:
    """Return the path from the root to the category with this slug; empty if there is none."""
    for node in roots:
        if node.category.slug == slug:
            return [node]
        way = path_to(node.children, slug)
        if way:
            return [node, *way]
    return []


def flattened(roots: list[CategoryNode]) -> list[Category]:
    """Return all categories depth-first, each with its `thread_count`."""
    found = []
    for node in roots:
        node.category.thread_count = node.count
        found += [node.category, *flattened(node.children)]
    return found


def choices() -> list[tuple[str, str]]:
    """Return choices for a select; nested categories are indented by dashes."""
    return [row for node in category_roots() for row in _rows(node, 0)]


def _rows(node: CategoryNode, depth: int) -> list[tuple[str, str]]:
    row = (node.category.slug, "\u2014 " * depth + node.category.label)
    return [row, *(each for inner in node.children for each in _rows(inner, depth + 1))]


def _sum_up(node: CategoryNode) -> int:
    node.count += sum(_sum_up(inner) for inner in node.children)
    return node.count


def _counts() -> dict[int, int]:
    return cache.get_or_set(COUNTS_KEY, _counted, COUNTS_SECONDS) or {}


def _counted() -> dict[int, int]:
    rows = Thread.objects.public().exclude(category=None).order_by().values_list("category")
    return dict(rows.annotate(n=Count("pk")))
