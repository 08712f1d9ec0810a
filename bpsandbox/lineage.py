"""Where a config comes from: a comment in its text, "# forked from HASH", which every way of requesting a run keeps.

So posts, drafts, the playground, the API and a file on somebody's disk all know it, and whoever wrote the text can
remove it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from itertools import takewhile

from bpsandbox.spec import InvalidConfig, editing, parse
from bpsandbox.spec.presets import PRESETS

NOTE = re.compile(r"^#[ \t]*forked from ([0-9a-f]{32})[ \t]*$", re.MULTILINE)


def parent_in(text: str, own_hash: str = "") -> str:
    """Return the hash of the run that a text was forked from; empty without one, or if nothing was changed."""
    found = NOTE.search(text)
    return found[1] if found and found[1] != own_hash else ""


def with_parent(text: str, spec_hash: str) -> str:
    """Note in a text that it was forked from a run, instead of the run that it came from before.

    The title is of that run and may be wrong for what becomes of it, so it is left out.
    """
    own = without_parent(text)
    with suppress(editing.CannotEdit):
        own = editing.remove(own, ("title",))
    return f"# forked from {spec_hash}\n{own}"


def without_parent(text: str) -> str:
    return re.sub(rf"{NOTE.pattern}\n?", "", text, flags=re.MULTILINE)


def without_borrowed(text: str) -> str:
    """Drop the title and the opening comment of a preset from a text that has become another config.

    They may be wrong for it. What somebody has written there in their own words stays.
    """
    lines = text.splitlines(keepends=True)
    written = {line.rstrip() for line in lines}
    origins = [name for name in PRESETS if _heading(name) & written]
    try:
        if not origins or parse(text).hash in map(_hash, origins):
            return text
    except InvalidConfig:
        return text
    borrowed = frozenset().union(*map(_heading, origins))
    return "".join(line for line in lines if line.rstrip() not in borrowed)


def without_title_of(text: str, spec_hash: str, title: str) -> str:
    """Drop a title from a text that has become another config than that of the run with this title."""
    try:
        found = parse(text)
    except InvalidConfig:
        return text
    if not title or found.title != title or found.hash == spec_hash:
        return text
    with suppress(editing.CannotEdit):
        return editing.remove(text, ("title",))
    return text


@cache
def _heading(preset: str) -> frozenset[str]:
    return frozenset(takewhile(lambda line: line.startswith(("#", "title:")), PRESETS[preset].text.splitlines()))


@cache
def _hash(preset: str) -> str:
    return parse(PRESETS[preset].text).hash
