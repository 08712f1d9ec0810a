"""State shared by the formulas of one post."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

from community.rendering.math.macros import SITE, Macro
from community.rendering.readable import readable

_PLAIN_TAG = re.compile(r"[A-Za-z0-9.*+'-]+")
_TAG_MARK = "chainrule.tag."
_TAG_PLACE = re.compile(r"chainrule\.tag\.(\d+)")


class LatexProblem(Exception):
    """`at` is an offset into the formula as written."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(slots=True)
class SharedState:
    """Macros, labels and tags; `read` counts the tokens of all formulas."""

    macros: dict[str, Macro] = field(default_factory=lambda: dict(SITE))
    labels: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    read: int = 0

    def label(self, name: str) -> str:
        """Return math-core's name for a label; it supports ASCII letters only."""
        return self.labels.setdefault(name.strip(), f"eq{len(self.labels) + 1}")

    def tag(self, words: str) -> str:
        """Return a stand-in for a tag, since math-core accepts few characters. `with_tags` restores the original."""
        if _PLAIN_TAG.fullmatch(words):
            return words
        self.tags.append(readable(words.replace("$", "")))
        return f"{_TAG_MARK}{len(self.tags) - 1}"

    def with_tags(self, markup: str) -> str:
        """Restore tags in finished markup."""
        return _TAG_PLACE.sub(lambda match: self._words(int(match[1])), markup) if self.tags else markup

    def _words(self, number: int) -> str:
        return escape(self.tags[number]) if number < len(self.tags) else ""
