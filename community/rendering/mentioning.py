"""`@name` in any script: where it is written, and which handles a text may mean."""

from __future__ import annotations

import re
import unicodedata

from .chars import UNSPACED, is_unspaced

LONGEST, SHORTEST = 30, 2
# Not after a letter, a digit or a mark of an address; full-width @ counts too.
MENTION = re.compile(rf"(?:(?<![\w@/.+\-])|(?<={UNSPACED.pattern}))[@＠](?=\w)")
_INNER = "_-."


def run_after(text: str, position: int) -> str:
    """Return the characters after an `@` that could all belong to a handle, and one more than it may have."""
    end = position
    while end < len(text) and end - position <= LONGEST and _may_be_in_handle(text[end]):
        end += 1
    return text[position:end].rstrip(_INNER)


def candidates(run: str) -> list[str]:
    """Return the handles that a run may mean, longest first. Han has no spaces, so a name may end beside it; anywhere
    else only the whole run is a name: `@demo-nobody` does not mean `@demo`."""
    ends = (end for end in range(len(run) - 1, SHORTEST - 1, -1) if is_unspaced(run[end]) or is_unspaced(run[end - 1]))
    found = [run, *(run[:end] for end in ends if run[end] not in _INNER and run[end - 1] not in _INNER)]
    return [name for name in found if SHORTEST <= len(name) <= LONGEST]


def fold(handle: str) -> str:
    """Return the form under which handles are compared."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", handle).casefold())


def mention_candidates(source: str) -> set[str]:
    """Return every folded handle that a source might mention: look these up, and give the ones that exist as
    `Context.known_handles`."""
    return {fold(name) for match in MENTION.finditer(source) for name in candidates(run_after(source, match.end()))}


def _may_be_in_handle(char: str) -> bool:
    return char in _INNER or unicodedata.category(char)[0] in "LMN"
