"""Category tree for pages, with thread counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from community.common.page_cache import shared_part
from community.content import topics
from community.content.models import Category

NODE_BYTES = 4 * 1024


@dataclass(slots=True)
class CategoryNode:
    """A category and its children. `count` is the number of public threads, descendants included, if it was read."""

    category: Category
    count: int = 0
    children: list[CategoryNode] = field(default_factory=list)


def category_roots(*, is_counted: bool = True) -> list[CategoryNode]:
    """Return all categories as a forest, in order, in one query; every reader's the same, for reading only.

    Without counts a page does not change with them.
    """
    read = partial(_read, is_counted)
    name = ("categories", is_counted)
    return shared_part(name, read, lambda roots: NODE_BYTES * len(flattened(roots)), is_alone=True)


def _read(is_counted: bool) -> list[CategoryNode]:
    if is_counted:
        topics.shows_category_counts()
    rows = Category.objects.all()
    by_id = {category.pk: CategoryNode(category, category.thread_count if is_counted else 0) for category in rows}
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


def flattened(roots: list[CategoryNode]) -> list[CategoryNode]:
    """Return all categories depth-first."""
    return [each for node in roots for each in (node, *flattened(node.children))]


def choices() -> list[tuple[str, str]]:
    """Return choices for a select; nested categories are indented by dashes."""
    return [row for node in category_roots(is_counted=False) for row in _rows(node, 0)]


def _rows(node: CategoryNode, depth: int) -> list[tuple[str, str]]:
    row = (node.category.slug, "\u2014 " * depth + node.category.label)
    return [row, *(each for inner in node.children for each in _rows(inner, depth + 1))]


def _sum_up(node: CategoryNode) -> int:
    node.count += sum(_sum_up(inner) for inner in node.children)
    return node.count
