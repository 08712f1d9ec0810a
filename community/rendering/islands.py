"""Islands: formulas, code and pasted tags that Markdown must not touch. Placeholders replace them until the end."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from .source import PUA_CLOSE, PUA_OPEN

# Pictures carry an `i`: Markdown creates their elements itself.
PLACEHOLDER = re.compile(f"{PUA_OPEN}i?(\\d+){PUA_CLOSE}")
PICTURE = f"{PUA_OPEN}i(\\d+){PUA_CLOSE}"


@dataclass(slots=True)
class Island:
    """`source` is the original text, for text-only contexts."""

    source: str


@dataclass(slots=True)
class FormulaIsland(Island):
    """`anchors`: (offset in the LaTeX, offset in the text) of each of its lines."""

    latex: str
    display: bool
    anchors: list[tuple[int, int]]

    def offset(self, at: int) -> int:
        """Return the offset in the text for an offset in the LaTeX."""
        index = max(0, bisect_right(self.anchors, (at, float("inf"))) - 1)
        start, offset = self.anchors[index]
        return offset + at - start


@dataclass(slots=True)
class ReferenceIsland(Island):
    r"""A bare `\eqref{...}` in the text outside formulas."""

    label: str


@dataclass(slots=True)
class CodeIsland(Island):
    """Inline code."""

    code: str


@dataclass(slots=True)
class BlockIsland(Island):
    """A code block; `line` is its first line, from 1."""

    code: str
    language: str
    line: int
    title: str = ""


@dataclass(slots=True)
class TagIsland(Island):
    """A pasted or generated tag; `html` is sanitised as is. `twin` is set when its counterpart is found.

    `is_quote`: it begins or ends a callout written as a quote.
    """

    name: str
    html: str
    is_block: bool
    is_end: bool = False
    is_void: bool = False
    where: int = 0
    twin: bool = False
    is_quote: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Islands:
    """All islands of one text, in order."""

    all: list[Island] = field(default_factory=list)

    def add(self, island: Island) -> str:
        self.all.append(island)
        mark = "i" if isinstance(island, TagIsland) and island.name == "img" else ""
        return f"{PUA_OPEN}{mark}{len(self.all) - 1}{PUA_CLOSE}"

    def get(self, number: str) -> Island | None:
        index = int(number)
        return self.all[index] if index < len(self.all) else None

    def as_text(self, text: str) -> str:
        """Replace placeholders with their source."""
        return PLACEHOLDER.sub(lambda match: self.all[int(match[1])].source, text)
