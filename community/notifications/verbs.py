"""Registry of verbs and of the kinds of things they point at. Apps above fill it in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Verb:
    """`sentence` is a translatable format with `{actor}` and `{title}`, for instance "{actor} answered {title}"."""

    name: str
    sentence: Any
    icon: str = "bell"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a notification leads, as its reader may see it. `title` is safe HTML (math included)."""

    url: str
    title: str


Resolver = Callable[[Iterable[int], Any], dict[int, Target]]

_verbs: dict[str, Verb] = {}
_resolvers: dict[str, Resolver] = {}


def register_verb(verb: Verb) -> None:
    _verbs[verb.name] = verb


def register_target(kind: str, resolver: Resolver) -> None:
    """`resolver(ids, reader)` gives the targets this reader may see, in one query."""
    _resolvers[kind] = resolver


def verb(name: str) -> Verb | None:
    return _verbs.get(name)


def resolve(kind: str, ids: Iterable[int], reader: Any) -> dict[int, Target]:
    resolver = _resolvers.get(kind)
    return resolver(ids, reader) if resolver else {}
