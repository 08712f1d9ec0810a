"""Tags in the search index: found by their name and by what staff wrote about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.signals import post_delete, post_save
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.search import registry, services
from community.search.operators import register_kind

from .models import Tag, TagListing

KIND = "tag"
INDEXED = frozenset({"slug", "name", "name_zh", "description", "description_zh", "synonym_of"})


def connect() -> None:
    register_kind(KIND, gettext_lazy("Tags"), "tags", "标签")
    registry.register(
        registry.Source(
            kind=KIND,
            visible=_visible,
            resolve=_hits,
            rows=_rows,
            text=text_of,
            described=_described,
            new=_new,
        )
    )
    post_save.connect(_saved, sender=Tag, dispatch_uid="content.tag_search")
    post_delete.connect(_deleted, sender=Tag, dispatch_uid="content.tag_search")


def text_of(tag: Any) -> registry.Text:
    """Return all that a tag is called: its synonyms are found as it is."""
    synonyms = [synonym.slug for synonym in tag.synonyms.all()]
    names = dict.fromkeys((tag.name, tag.name_zh, tag.slug.replace("-", " "), tag.slug, *synonyms))
    return registry.Text(tag.pk, " ".join(filter(None, names)), f"{tag.description} {tag.description_zh}".strip())


def _rows() -> QuerySet[Tag]:
    return Tag.objects.filter(synonym_of=None).prefetch_related("synonyms")


def update(tags: Iterable[Tag]) -> None:
    """Index tags that were created in bulk, in the transaction that creates them."""
    services.index_all(kind=KIND, texts=map(text_of, tags))


def _saved(instance: Tag, created: bool, update_fields: Collection[str] | None = None, **sent: object) -> None:
    if instance.synonym_of_id is not None:
        remove([instance.pk])
    elif created or update_fields is None or not INDEXED.isdisjoint(update_fields):
        services.index(kind=KIND, text=text_of(instance))


def _deleted(instance: Tag, **sent: object) -> None:
    remove([instance.pk])


def remove(keys: Iterable[int]) -> None:
    services.remove(kind=KIND, object_ids=keys)


def _visible(user: Any) -> QuerySet[Tag]:
    return Tag.objects.used()


def _new(after: datetime, until: datetime, most: int) -> list[tuple[int, int | None, datetime]]:
    """A tag is there since its first thread that everybody sees was published."""
    used = TagListing.objects.filter(tag=OuterRef("pk"))
    lately = TagListing.objects.filter(published_at__gt=after, published_at__lte=until)
    rows = _visible(None).filter(pk__in=lately.values("tag")).annotate(at=Subquery(_first(used)))
    found = rows.filter(at__gt=after).order_by("at", "pk").values_list("pk", "at")
    return [(pk, None, at) for pk, at in found[:most]]


def _first(used: QuerySet[TagListing]) -> QuerySet:
    return used.order_by("published_at").values("published_at")[:1]


def _described(rows: QuerySet[Tag]) -> Iterable[tuple[int, str, int]]:
    return ((pk, KIND, count) for pk, count in rows.values_list("pk", "thread_count"))


def _hits(ids: Iterable[int], user: Any) -> dict[int, registry.Hit]:
    return {tag.pk: _hit(tag) for tag in Tag.objects.used().filter(pk__in=list(ids))}


def _hit(tag: Tag) -> registry.Hit:
    return registry.Hit(
        url=tag.get_absolute_url(),
        title=escape(f"#{tag.label}"),
        label=_("Tag"),
        author=None,
        at=None,
        kind=KIND,
        plain_title=tag.label,
    )
