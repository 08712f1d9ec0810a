"""Emoji by what is typed of their names in English or Chinese, after `:` in the editor, which writes the character."""

from __future__ import annotations

from community.rendering.emoji import Emoji, emoji
from community.search.tokens import fold

MOST = 8


def named(typed: str) -> list[Emoji]:
    """Return the emoji one of whose names begins with what is typed, then those with a word of it; the best first.

    A colon at the end closes a name: then it is the whole name. Traditional characters are simplified ones.
    """
    wanted = fold(typed)
    is_whole, wanted = wanted.endswith(":"), wanted.removesuffix(":")
    if not wanted:
        return []
    ranked = [(rank, each) for each in emoji() if (rank := _rank(each, wanted)) < (1 if is_whole else 4)]
    return [each for _rank_of, each in sorted(ranked, key=lambda found: found[0])][:MOST]


def _rank(each: Emoji, wanted: str) -> int:
    """Return 0 for a whole name, 1 for the beginning of the usual one, 2 of another, 3 for a word, 4 for none."""
    usual = (each.names[0], each.chinese[0])
    every = (*each.names, *each.chinese)
    if wanted in every:
        return 0
    if any(name.startswith(wanted) for name in usual):
        return 1
    if any(name.startswith(wanted) for name in every):
        return 2
    is_word = any(f"_{wanted}" in name for name in each.names) or any(wanted in name for name in each.chinese)
    return 3 if is_word else 4
