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
        _shift(set(names) - before, 1)
        _shift(before - set(names), -1)


def adjust_counts(thread: Thread, by: int) -> None:
    """Add 1 or -1 to the counts of a thread's tags when it becomes public or stops being public."""
    _shift(thread.tags.values_list("slug", flat=True), by)


def _shift(slugs, by: int) -> None:
    slugs = list(slugs)
    if slugs:
        Tag.objects.filter(slug__in=slugs).order_by("slug").update(thread_count=F("thread_count") + by)
