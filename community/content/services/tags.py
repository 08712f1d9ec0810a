from __future__ import annotations

from community.content import policies, tag_search
from community.content.models import Tag, Thread

from .counting import add_to_tags


def replace(thread: Thread, names: dict[str, str]) -> None:
    """Replace a thread's tags (slug to name), creating new ones."""
    before = set(thread.tags.values_list("slug", flat=True))
    if before == set(names):
        return
    _create(names)
    thread.tags.set(Tag.objects.filter(slug__in=names))
    if policies.is_public(thread):
        add_to_tags(dict.fromkeys(names.keys() - before, 1) | dict.fromkeys(before - names.keys(), -1))


def _create(names: dict[str, str]) -> None:
    """Create the tags that there are not yet, and index them."""
    known = set(Tag.objects.filter(slug__in=names).values_list("slug", flat=True))
    new = sorted(names.keys() - known)
    if new:
        Tag.objects.bulk_create([Tag(slug=slug, name=names[slug]) for slug in new], ignore_conflicts=True)
        tag_search.update(Tag.objects.filter(slug__in=new))
