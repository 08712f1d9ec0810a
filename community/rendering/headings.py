"""Headings: levels below the page title, and anchors free of markup."""

from __future__ import annotations

import re
import unicodedata

LONGEST_SLUG = 60
_COMMANDS = re.compile(r"\\([a-zA-Z]+)")


class Anchors:
    """Generates ids that are unique in one text."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._taken: dict[str, int] = {}

    def take(self, words: str) -> str:
        base = slug(words) or "section"
        count = self._taken.get(base, 0) + 1
        self._taken[base] = count
        name = base if count == 1 else f"{base}-{count}"
        if count > 1 and name in self._taken:
            return self.take(name)
        self._taken.setdefault(name, 1)
        return self.prefix + name


def slug(words: str) -> str:
    """Return letters and digits of any script joined by hyphens; formulas give the names of their commands."""
    text = unicodedata.normalize("NFKC", _COMMANDS.sub(r"\1 ", words)).casefold()
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else "-" for char in text)
    return re.sub("-+", "-", kept).strip("-")[:LONGEST_SLUG].strip("-")
