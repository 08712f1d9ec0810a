"""Tags in the search index: found by their name and by what staff wrote about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet
from django.db.models.signals import post_delete, post_save
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from community.search import registry, services
from community.search.operators import register_kind

from .models import Tag

KIND = "tag"
INDEXED = frozenset({"slug", "name", "description"})


def connect() -> None:
    register_kind(KIND, _lazy("Tags"), "tags", "标签")
    registry.register(
        registry.Source(
            kind=KIND,
            visible=_visible,
            resolve=_hits,
            rows=Tag.objects.all,
            text=text_of,
            described=_described,
        )
    )
    post_save.connect(_saved, sender=Tag, dispatch_uid="content.tag_search")
    post_delete.connect(_deleted, sender=Tag, dispatch_uid="content.tag_search")


def text_of(tag: Any) -> registry.Text:
    names = dict.fromkeys((tag.name, tag.slug.replace("-", " "), tag.slug))
    return registry.Text(tag.pk, " ".join(names), tag.description)


def update(tags: Iterable[Tag]) -> None:
    """Index tags that were created in bulk, in the transaction that creates them."""
    services.index_all(kind=KIND, texts=map(text_of, tags))


def _saved(instance: Tag, created: bool, update_fields: Collection[str] | None = None, **sent: object) -> None:
    if created or update_fields is None or not INDEXED.isdisjoint(update_fields):
        services.index(kind=KIND, text=text_of(instance))


def _deleted(instance: Tag, **sent: object) -> None:
    services.remove(kind=KIND, object_ids=[instance.pk])


def _visible(user: Any) -> QuerySet[Tag]:
    return Tag.objects.used()


def _described(rows: QuerySet[Tag]) -> Iterable[tuple[int, str, int]]:
    return ((pk, KIND, count) for pk, count in rows.values_list("pk", "thread_count"))


def _hits(ids: Iterable[int], user: Any) -> dict[int, registry.Hit]:
    return {tag.pk: _hit(tag) for tag in Tag.objects.used().filter(pk__in=list(ids))}


def _hit(tag: Tag) -> registry.Hit:
    return registry.Hit(
        url=tag.get_absolute_url(),
        title=escape(f"#{tag.name}"),
        label=_("Tag"),
        author=None,
        at=None,
        kind=KIND,
        plain_title=tag.name,
    )
