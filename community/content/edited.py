"""What higher apps do when a post was edited, in the transaction of the edit. Filled in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from community.accounts.models import User
    from community.content.models import Post

type Effect = Callable[[Post, User], None]
_effects: list[Effect] = []


def register(effect: Effect) -> None:
    if effect not in _effects:
        _effects.append(effect)


def apply(post: Post, by: User) -> None:
    """Call the effects with the post, whose thread is locked, and who edited it or approved what another suggested."""
    for effect in _effects:
        effect(post, by)
