"""Registry of verbs and target kinds. Higher apps fill it in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, QuerySet
from django.db.models.lookups import In

from community.accounts.models import User
from community.common.prepared import Prepared, padded, place, place_of_key
from community.notifications.topics import Topic


class Group(StrEnum):
    """Filter groups of the notification list."""

    TO_YOU = "to-you"
    FOLLOWS = "follows"
    FOLLOWERS = "followers"
    RUNS = "runs"
    MODERATION = "moderation"
    OTHER = "other"


GROUPS = {
    Topic.ANSWERS: Group.TO_YOU,
    Topic.MENTIONS: Group.TO_YOU,
    Topic.ACCEPTED: Group.TO_YOU,
    Topic.INVITATIONS: Group.TO_YOU,
    Topic.POSTS: Group.FOLLOWS,
    Topic.THREADS: Group.FOLLOWS,
    Topic.SEARCHES: Group.FOLLOWS,
    Topic.FOLLOWERS: Group.FOLLOWERS,
    Topic.RUNS: Group.RUNS,
}


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: `sentence` is a translatable format with `{actor}` and `{title}`, such as "{actor} answered {title}".

    `topic` is what people choose in their settings; without one, for what moderators did, everybody is notified.
    Events of a verb that `is_grouped` share a line if they have one subject: "Ada and 2 others answered {title}".
    `sentence_of_many` is for these, where it differs. `read_note` translates a notification's note into the reader's
    language. `sentence_of_note` makes the sentence of a note, such as a number, and of the target; the note is then not
    shown beside it. `group_without_topic` is for a verb without one that tells of nothing moderators did.
    """

    name: str
    sentence: Any
    icon: str = "bell"
    topic: Topic | None = None
    read_note: Callable[[str], str] = str
    is_grouped: bool = False
    sentence_of_many: Any = None
    sentence_of_note: Callable[[str, Target], str] | None = None
    group_without_topic: Group = Group.MODERATION

    @property
    def group(self) -> Group:
        return GROUPS.get(self.topic, Group.OTHER) if self.topic else self.group_without_topic


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a notification as visible to its reader. `title` is safe HTML (math included).

    `number` is the post's number in its thread, 0 for other targets; `excerpt` is text, for email and devices, `lead`
    the same as safe HTML with its formulas, `language` is the language of both. `gone` is how much of what the note
    counts is not there any more.
    """

    url: str
    title: str
    number: int = 0
    excerpt: str = ""
    language: str = ""
    lead: str = ""
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Replies:
    """How a text that came by email becomes a reply by a person to a target, each by its submission once.

    `post` posts it and returns its path; it raises DomainErrors. `keep` saves one that was refused for its writer, and
    returns the path where it is; empty if it cannot.
    """

    post: Callable[[User, int, str, UUID], str]
    keep: Callable[[User, int, str, UUID], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A target kind: `rows` returns those visible to this reader, with all that `show` needs, in one query.

    `body` returns the text of one by its key, as safe HTML for email; nothing unless everybody may read it. `replies`
    says how one is replied to by email, if it can be.
    """

    name: str
    rows: Callable[[Any], QuerySet]
    show: Callable[[Any], Target]
    body: Callable[[int], str] | None = None
    replies: Replies | None = None


_verbs: dict[str, Verb] = {}
_kinds: dict[str, Kind] = {}
_filters: list[Callable[[User], Q]] = []
_sent_filters: list[Callable[[User], Q]] = []


def register_verb(*verbs: Verb) -> None:
    _verbs.update({verb.name: verb for verb in verbs})


def register_kind(kind: Kind) -> None:
    _kinds[kind.name] = kind


def register_filter(wanted: Callable[[User], Q], *, is_of_sent: bool = False) -> None:
    """Register what a reader wants to see of notifications that can be muted: a condition on their rows.

    One that `is_of_sent` holds for email and push alone: what is in the list already stays there.
    """
    registered = _sent_filters if is_of_sent else _filters
    if wanted not in registered:
        registered.append(wanted)


def verb(name: str) -> Verb:
    return _verbs[name]


def verbs_of(group: Group | None = None) -> list[str]:
    """Return the names of a group's verbs; of all verbs without a group."""
    return [verb.name for verb in _verbs.values() if group in (None, verb.group)]


def mutable_verbs() -> list[str]:
    """Return the names of verbs of what others write; who mutes a thread still hears of their own runs and posts."""
    return [*verbs_of(Group.TO_YOU), *verbs_of(Group.FOLLOWS)]


def filters(*, is_of_sent: bool = False) -> Iterable[Callable[[User], Q]]:
    return tuple(_sent_filters if is_of_sent else _filters)


def kinds() -> Iterable[Kind]:
    return _kinds.values()


def replies_to(kind: str) -> Replies | None:
    """Return how targets of a kind are replied to by email; None if they cannot be."""
    return _kinds[kind].replies if kind in _kinds else None


def kinds_with_replies() -> list[str]:
    return [kind.name for kind in _kinds.values() if kind.replies is not None]


def resolve(kind: str, ids: Iterable[int], reader: User | AnonymousUser) -> dict[int, Target]:
    """Return the targets of a kind visible to this reader, by key."""
    shown, keys = _kinds[kind], set(ids)
    if not keys:
        return {}
    if reader.is_authenticated:
        given = padded("key", keys)
        found = _among(shown, len(given), is_staff=reader.is_staff).run(reader=reader.pk, **given)
    else:
        found = list(shown.rows(reader).filter(pk__in=keys))
    return {row.pk: shown.show(row) for row in found}


@lru_cache(maxsize=200)
def _among(kind: Kind, count: int, *, is_staff: bool) -> Prepared:
    """Return the query for so many targets of a kind."""
    rows = kind.rows(User(pk=place_of_key("reader"), is_staff=is_staff))
    keys = [place(f"key{n}") for n in range(count)]
    return Prepared(lambda: rows.filter(In(F("pk"), keys)), keeps_plan=False)


def body(kind: str, pk: int) -> str:
    """Return the text of a target that everybody may read, as HTML for email."""
    of_kind = _kinds[kind].body
    return of_kind(pk) if of_kind is not None else ""
