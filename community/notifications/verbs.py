"""Registry of verbs and target kinds. Higher apps fill it in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet

from community.accounts.models import User


class Group(StrEnum):
    """Filter groups of the notification list."""

    TO_YOU = "to-you"  # answers, replies, quotes, mentions
    FOLLOWS = "follows"  # from people and topics they follow
    OTHER = "other"  # runs, moderation, new followers


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: `sentence` is a translatable format with `{actor}` and `{title}`, such as "{actor} answered {title}".

    `read_note` translates a notification's note into the reader's language.
    """

    name: str
    sentence: Any
    icon: str = "bell"
    group: Group = Group.OTHER
    read_note: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a notification as visible to its reader. `title` and `excerpt` are safe HTML (math included).

    `number` is the post's number in its thread, 0 for other targets; `language` is the excerpt's.
    """

    url: str
    title: str
    number: int = 0
    excerpt: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A target kind: `rows` returns those visible to this reader, with all that `show` needs, in one query."""

    name: str
    rows: Callable[[Any], QuerySet]
    show: Callable[[Any], Target]


_verbs: dict[str, Verb] = {}
_kinds: dict[str, Kind] = {}


def register_verb(*verbs: Verb) -> None:
    _verbs.update({verb.name: verb for verb in verbs})


def register_kind(kind: Kind) -> None:
    _kinds[kind.name] = kind


def verb(name: str) -> Verb:
    return _verbs[name]


def verbs_of(group: Group | None = None) -> list[str]:
    """Return the names of a group's verbs; of all verbs without a group."""
    return [verb.name for verb in _verbs.values() if group in (None, verb.group)]


def kinds() -> Iterable[Kind]:
    return _kinds.values()


def resolve(kind: str, ids: Iterable[int], reader: User) -> dict[int, Target]:
    """Return the targets of a kind visible to this reader, by key."""
    found = _kinds[kind].rows(reader).filter(pk__in=list(ids))
    return {row.pk: _kinds[kind].show(row) for row in found}
