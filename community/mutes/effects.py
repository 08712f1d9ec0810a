"""Registry of what higher apps do when somebody mutes or blocks, or undoes it, in the same transaction.

Filled in AppConfig.ready.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from community.mutes.models import Mute


@dataclass(frozen=True, slots=True)
class Effect:
    """What follows when a mute or a block (also one that was a mute before) is `done`, and when it is `undone`."""

    done: Callable[[Mute], None] = lambda mute: None
    undone: Callable[[Mute], None] = lambda mute: None


_effects: list[Effect] = []


def register(effect: Effect) -> None:
    if effect not in _effects:
        _effects.append(effect)


def after(mute: Mute) -> None:
    for effect in _effects:
        effect.done(mute)


def after_undoing(mute: Mute) -> None:
    for effect in _effects:
        effect.undone(mute)
