from __future__ import annotations

from django.db.models import F

from community.content import policies
from community.content.models import Tag, Thread


def replace(thread: Thread, names: dict[str, str]) -> None:
    """Replace a thread's tags (slug to name), creating new ones."""
    before = set(thread.tags.values_list("slug", flat=True))
    if before == set(names):
        return
    Tag.objects.bulk_create([Tag(slug=slug, name=name) for slug, name in sorted(names.items())], ignore_conflicts=True)
    thread.tags.set(Tag.objects.filter(slug__in=names))
    if policies.is_public(thread):
        _add(dict.fromkeys(names.keys() - before, 1) | dict.fromkeys(before - names.keys(), -1))


def adjust_counts(thread: Thread, by: int) -> None:
    """Add 1 or -1 to the counts of a thread's tags when it becomes public or stops being public."""
    _add(dict.fromkeys(thread.tags.values_list("slug", flat=True), by))


def _add(changes: dict[str, int]) -> None:
    """Add to the counts of tags by slug; locks them in one order, so that two changes cannot deadlock."""
    list(Tag.objects.select_for_update(no_key=True).filter(slug__in=changes).order_by("slug").values_list("pk"))
    for by in set(changes.values()):
        slugs = [slug for slug, change in changes.items() if change == by]
        Tag.objects.filter(slug__in=slugs).update(thread_count=F("thread_count") + by)
