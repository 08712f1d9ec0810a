"""Registry of a reader's state for threads and posts: follows, votes, bookmarks, what they may do.

Filled by higher apps in AppConfig.ready. The state of a post is an input of its fragment (`community.common.drawn`)
under the provider's name, for the templates that this app has in the slots of a post.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db.models import Value
from django.db.models.expressions import Combinable

from community.accounts.models import User
from community.common.drawn import Plain
from community.common.prepared import Prepared, place
from community.content import unread
from community.content.drafts import has_reply_draft
from community.content.models import Post, Thread
from community.content.querysets import Reader
from community.mutes.selectors import meets_everybody

OfThread = Callable[[Value, Value, Value], Mapping[str, Combinable]]
OfPosts = Callable[[Reader, Sequence[Post]], Mapping[int, Plain]]
type States = dict[int, dict[str, Plain]]

_of_thread: list[OfThread] = []
_providers: dict[str, OfPosts] = {}


def register(name: str, of_posts: OfPosts, of_thread: OfThread | None = None) -> None:
    """Register a provider.

    `of_posts` returns the state of each post by its key; `thread` is loaded on the posts. `of_thread` returns columns
    by name, for the keys of a thread, of its author and of a reader; they become attributes of the thread.
    """
    _providers[name] = of_posts
    if of_thread is not None and of_thread not in _of_thread:
        _of_thread.append(of_thread)


def set_on(thread: Thread, reader: Reader) -> None:
    """Set the reader's state as attributes of the thread, in one query; None, without one, for a visitor.

    There is no row for an account that was erased since, or that a replica does not have yet: nothing is so.
    """
    rows: list[tuple[Any, ...]] = []
    if reader.is_authenticated:
        query = _query(not meets_everybody(reader))
        rows = query.run(thread=thread.pk, author=thread.author_id, reader=reader.pk)
    names = list(_columns(False))
    for name, state in zip(names, rows[0] if rows else [None] * len(names), strict=True):
        setattr(thread, name, state)


@cache
def _query(is_sifted: bool) -> Prepared:
    rows = User.objects.filter(pk=place("reader"))
    return Prepared(lambda: rows.values_list(*_columns(is_sifted).values()), keeps_plan=False)


@cache
def _columns(is_sifted: bool) -> dict[str, Combinable]:
    """Return all columns by name. `is_sifted`: as `unread.of_thread` says."""
    thread, author, reader = map(place, ("thread", "author", "reader"))
    found: dict[str, Combinable] = {"has_draft": has_reply_draft(place("thread", "reply:{}"), reader)}
    found |= unread.of_thread(thread, reader, is_sifted=is_sifted)
    for of_thread in _of_thread:
        found |= of_thread(thread, author, reader)
    return found


def of_posts(reader: Reader, posts: Sequence[Post]) -> States:
    """Return the state of each post by provider."""
    found: States = {post.pk: {} for post in posts}
    for name, told in _providers.items():
        for pk, state in told(reader, posts).items():
            found[pk][name] = state
    return found
