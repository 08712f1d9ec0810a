"""Registry of who is notified of a post. Higher apps (followers, for one) add providers in AppConfig.ready.

A provider is `(post) -> iterable of (user_id, verb)`; a person gets the first verb that reaches them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from community.content.models import Post

Provider = Callable[[Post], Iterable[tuple[int, str]]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    if provider not in _providers:
        _providers.append(provider)


def listeners(post: Post) -> dict[int, str]:
    """Return user id → verb, each person once."""
    told: dict[int, str] = {}
    for provider in _providers:
        for user_id, verb in provider(post):
            told.setdefault(user_id, verb)
    return told
