"""State shared by the formulas of one post."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

from community.rendering.math.macros import SITE, Macro
from community.rendering.readable import readable

_PLAIN_TAG = re.compile(r"[A-Za-z0-9.*+'-]+")
_NAME = re.compile(r'(?<=id=")eq\d+(?=")')
_NO_ID = re.compile(r"[^\w.-]+")
LONGEST_ANCHOR = 40
_TAG_MARK = "chainrule.tag."
_TAG_PLACE = re.compile(r"chainrule\.tag\.(\d+)")


class LatexProblem(Exception):
    """`at` is an offset into the formula as written."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(slots=True)
class SharedState:
    """Macros, labels and tags. `alike` counts labels by the words of their ids, `read` the tokens of all formulas.

    `labels` are math-core's names for those that are used, `defined` the names of those that an equation has.
    """

    macros: dict[str, Macro] = field(default_factory=lambda: dict(SITE))
    labels: dict[str, str] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    anchors: dict[str, str] = field(default_factory=dict)
    alike: dict[str, int] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    read: int = 0

    def label(self, name: str) -> str:
        """Return math-core's name for a label; it supports ASCII letters only."""
        label = name.strip()
        if label not in self.labels:
            self.labels[label] = f"eq{len(self.labels) + 1}"
            self.anchors[self.labels[label]] = self._new_anchor(label)
        return self.labels[label]

    def new_label(self, name: str) -> str:
        """Return the name for a label of an equation; of two that are equal, references mean the first."""
        label = self.label(name)
        if label in self.defined:
            label = self.label(f"{name.strip()}\0{len(self.defined)}")
        self.defined.add(label)
        return label

    def _new_anchor(self, label: str) -> str:
        """Return an id made of a label: a new equation moves no other's. No heading has it: theirs have no colon."""
        words = _NO_ID.sub("-", label.removeprefix("eq:"))[:LONGEST_ANCHOR]
        number = self.alike[words] = self.alike.get(words, 0) + 1
        return f"eq:{words}" if number == 1 else f"eq:{words}:{number}"

    def with_anchors(self, markup: str) -> str:
        """Replace math-core's names by ids in finished markup."""
        return _NAME.sub(lambda found: self.anchors.get(found[0], found[0]), markup) if self.anchors else markup

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
