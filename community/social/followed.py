"""Registry of what else people follow: lists that higher apps add to the page of all that a person follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerField, QuerySet, Value

from community.accounts.models import User


@dataclass(frozen=True, slots=True)
class Followed:
    """A kind of what people follow. `rows` are a person's, for pages by key, the newest first.

    `complete` sets on a page of them what `template` shows of `each`.
    """

    kind: str
    label: Any
    rows: Callable[[User], QuerySet]
    template: str
    complete: Callable[[Sequence[Any], User], None] = lambda rows, reader: None


@dataclass(frozen=True, slots=True)
class Section:
    """The newest of a kind, on the page of all kinds."""

    followed: Followed
    rows: Sequence[Any]
    has_more: bool


_kinds: dict[str, Followed] = {}


def register(followed: Followed) -> None:
    _kinds[followed.kind] = followed


def kinds() -> list[Followed]:
    return list(_kinds.values())


def kind_of(name: str) -> Followed | None:
    return _kinds.get(name)


def sections(reader: User, most: int) -> list[Section]:
    """Return the newest of each kind that a person follows any of: a query, and for each kind its rows."""
    keys = _newest_keys(reader, most + 1)
    found = []
    for place, followed in enumerate(kinds()):
        if own := keys[place]:
            rows = list(followed.rows(reader).filter(pk__in=own).order_by("-pk")[:most])
            followed.complete(rows, reader)
            found.append(Section(followed, rows, len(own) > most))
    return found


def _newest_keys(reader: User, most: int) -> dict[int, list[int]]:
    """Return the keys of the newest that a person follows, by the place of their kind, in one query."""
    members = []
    for place, followed in enumerate(kinds()):
        newest = followed.rows(reader).order_by("-pk").values("pk")[:most]
        rows = newest.model._default_manager.order_by().filter(pk__in=newest)
        members.append(rows.values_list(Value(place, IntegerField()), "pk"))
    keys: dict[int, list[int]] = defaultdict(list)
    for place, key in members[0].union(*members[1:], all=True) if members else ():
        keys[place].append(key)
    return keys
