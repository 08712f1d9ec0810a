from __future__ import annotations

from collections.abc import Mapping

from community.content import policies, tag_search
from community.content.models import Tag, Thread

from .counting import add_to_tags


def canonical(names: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that are meant by these (slug to name): those of synonyms instead of them, each once."""
    synonyms = Tag.objects.filter(slug__in=names, synonym_of__isnull=False)
    rows = synonyms.values_list("slug", "synonym_of__slug", "synonym_of__name")
    meant = {slug: (of, name) for slug, of, name in rows}
    return dict(meant.get(slug, (slug, name)) for slug, name in names.items())


def replace(thread: Thread, names: Mapping[str, str]) -> None:
    """Replace a thread's tags (slug to name), creating new ones; a synonym is replaced by its tag."""
    names = canonical(names)
    before = set(thread.tags.values_list("slug", flat=True))
    if before == set(names):
        return
    _create(names)
    thread.tags.set(Tag.objects.filter(slug__in=names))
    if policies.is_public(thread):
        add_to_tags(dict.fromkeys(names.keys() - before, 1) | dict.fromkeys(before - names.keys(), -1))


def _create(names: Mapping[str, str]) -> None:
    """Create the tags that there are not yet, and index them."""
    known = set(Tag.objects.filter(slug__in=names).values_list("slug", flat=True))
    new = sorted(names.keys() - known)
    if new:
        Tag.objects.bulk_create([Tag(slug=slug, name=names[slug]) for slug in new], ignore_conflicts=True)
        tag_search.update(Tag.objects.filter(slug__in=new, synonym_of=None).prefetch_related("synonyms"))
