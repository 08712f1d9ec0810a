"""`@name` mentions in any script, and the handles a text can mention."""

from __future__ import annotations

import re
import unicodedata

from .chars import UNSPACED, is_unspaced

LONGEST, SHORTEST = 30, 2
# Not after a letter, a digit or a URL character; full-width @ counts too.
MENTION = re.compile(rf"(?:(?<![\w@/.+\-])|(?<={UNSPACED.pattern}))[@＠](?=\w)")
_INNER = "_-."


def run_after(text: str, position: int) -> str:
    """Return the characters after an `@` that could belong to a handle, at most one more than its maximum length."""
    end = position
    while end < len(text) and end - position <= LONGEST and _may_be_in_handle(text[end]):
        end += 1
    return text[position:end].rstrip(_INNER)


def candidates(run: str) -> list[str]:
    """Return the handles a run can mean, longest first.

    Han has no spaces, so a name can end beside it; elsewhere only the whole run is a name: `@demo-nobody` does not mean
    `@demo`.
    """
    ends = (end for end in range(len(run) - 1, SHORTEST - 1, -1) if is_unspaced(run[end]) or is_unspaced(run[end - 1]))
    found = [run, *(run[:end] for end in ends if run[end] not in _INNER and run[end - 1] not in _INNER)]
    return [name for name in found if SHORTEST <= len(name) <= LONGEST]


def fold(handle: str) -> str:
    """Return the form in which handles are compared."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", handle).casefold())


def mention_candidates(source: str) -> set[str]:
    """Return every folded handle a source could mention: look these up and pass the existing ones as
    `Context.known_handles`.
    """
    return {fold(name) for match in MENTION.finditer(source) for name in candidates(run_after(source, match.end()))}


def _may_be_in_handle(char: str) -> bool:
    return char in _INNER or unicodedata.category(char)[0] in "LMN"
