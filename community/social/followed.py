"""Registry of what else people follow: lists that higher apps add to the page of all that a person follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from community.accounts.models import User


@dataclass(frozen=True, slots=True)
class Followed:
    """A kind of what people follow. `rows` are a person's, for pages by key, the newest first.

    They come with all that `template` shows of `each`, as the page of all kinds has a query for each kind. `complete`
    sets on a page of them what depends on whom the reader meets.
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
    """Return the newest of each kind that a person follows any of."""
    found = []
    for followed in kinds():
        rows = list(followed.rows(reader).order_by("-pk")[: most + 1])
        if rows:
            followed.complete(rows[:most], reader)
            found.append(Section(followed, rows[:most], len(rows) > most))
    return found
