"""Counts of public threads, kept by their tags and categories.

All who count lock these rows in one order, tags by slug and then categories by key, after everything else that others
lock too: so no two of them can be in a deadlock, and a row that many wait for is held for a moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F

from community.content.models import Category, Tag, Thread


def count_thread(thread: Thread, by: int) -> None:
    """Add 1 or -1 where a thread is counted, when it becomes public or stops being public."""
    add_to_tags(dict.fromkeys(thread.tags.values_list("slug", flat=True), by))
    add_to_categories({thread.category_id: by} if thread.category_id else {})


def add_to_tags(changes: Mapping[str, int]) -> None:
    """Add to the counts of tags by slug."""
    _add(Tag, "slug", changes)


def add_to_categories(changes: Mapping[int, int]) -> None:
    """Add to the counts of categories by key."""
    _add(Category, "pk", changes)


def _add(model: type[Tag | Category], key: str, changes: Mapping[Any, int]) -> None:
    if len(changes) > 1:
        rows = model.objects.select_for_update(no_key=True).filter(**{f"{key}__in": list(changes)})
        list(rows.order_by(key).values_list("pk"))
    for by in set(changes.values()):
        wanted = [each for each, change in changes.items() if change == by]
        model.objects.filter(**{f"{key}__in": wanted}).update(thread_count=F("thread_count") + by)
