"""Registry of a reader's state for threads: follows, votes, bookmarks. Filled by higher apps in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from community.content.models import Post
from community.content.querysets import Reader

Annotate = Callable[[QuerySet, Reader], QuerySet]
OfPosts = Callable[[Reader, Iterable[Post]], dict[str, Any]]
_providers: list[tuple[Annotate, OfPosts]] = []


def register(annotate: Annotate, of_posts: OfPosts) -> None:
    """Register a provider: `annotate` adds columns to a thread query; `of_posts` returns template context for posts."""
    if (annotate, of_posts) not in _providers:
        _providers.append((annotate, of_posts))


def annotated(threads: QuerySet, reader: Reader) -> QuerySet:
    for annotate, _of_posts in _providers:
        threads = annotate(threads, reader)
    return threads


def of_posts(reader: Reader, posts: Iterable[Post]) -> dict[str, Any]:
    posts = list(posts)
    found: dict[str, Any] = {}
    for _annotate, told in _providers:
        found |= told(reader, posts)
    return found
