"""People in the search index: found by handle, name and what they say about themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.signals import post_delete, post_save
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.accounts.models import User
from community.rendering.plain import plain
from community.search import registry, services
from community.search.operators import register_kind

KIND = "person"
INDEXED = frozenset({"handle", "display_name", "bio", "bio_html"})


def connect() -> None:
    register_kind(KIND, gettext_lazy("People"), "people", "user", "人", "用户")
    registry.register(
        registry.Source(kind=KIND, visible=_visible, resolve=_hits, rows=_rows, text=text_of, author="pk", new=_new)
    )
    post_save.connect(_saved, sender=User, dispatch_uid="search.people")
    post_delete.connect(_deleted, sender=User, dispatch_uid="search.people")


def text_of(person: Any) -> registry.Text:
    names = dict.fromkeys(filter(None, (person.display_name, person.handle)))
    return registry.Text(person.pk, " ".join(names), plain(person.bio_html))


def _saved(instance: User, created: bool, update_fields: Collection[str] | None = None, **sent: object) -> None:
    if created or update_fields is None or not INDEXED.isdisjoint(update_fields):
        services.index(kind=KIND, text=text_of(instance))


def _deleted(instance: User, **sent: object) -> None:
    services.remove(kind=KIND, object_ids=[instance.pk])


def _visible(user: Any) -> QuerySet[User]:
    return User.objects.filter(is_active=True)


def _new(after: datetime, until: datetime, most: int) -> list[tuple[int, int | None, datetime]]:
    rows = _visible(None).filter(date_joined__gt=after, date_joined__lte=until).order_by("date_joined", "pk")
    return list(rows.values_list("pk", "pk", "date_joined")[:most])


def _rows() -> QuerySet[User]:
    return User.objects.only(*INDEXED)


def _hits(ids: Iterable[int], user: Any) -> dict[int, registry.Hit]:
    return {person.pk: _hit(person) for person in _visible(user).filter(pk__in=list(ids))}


def _hit(person: User) -> registry.Hit:
    return registry.Hit(
        url=person.get_absolute_url(),
        title=escape(person.visible_name),
        label=_("Person"),
        author=person,
        at=None,
        kind=KIND,
        plain_title=person.visible_name,
    )
