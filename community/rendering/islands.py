"""What Markdown must not touch: formulas, code, pasted tags. Each leaves a placeholder and comes back later."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from .source import PUA_CLOSE, PUA_OPEN

# Pictures carry an `i`: Markdown makes an element of those itself.
PLACEHOLDER = re.compile(f"{PUA_OPEN}i?(\\d+){PUA_CLOSE}")
PICTURE = f"{PUA_OPEN}i(\\d+){PUA_CLOSE}"


@dataclass(slots=True)
class Island:
    """`source` is what stood there, for places where only text may be."""

    source: str


@dataclass(slots=True)
class FormulaIsland(Island):
    """`anchors`: (offset in the LaTeX, offset in the text) of each of its lines."""

    latex: str
    display: bool
    anchors: list[tuple[int, int]]

    def offset(self, at: int) -> int:
        """Return the offset in the text of an offset in the LaTeX."""
        index = max(0, bisect_right(self.anchors, (at, float("inf"))) - 1)
        start, offset = self.anchors[index]
        return offset + at - start


@dataclass(slots=True)
class ReferenceIsland(Island):
    """A bare `\\eqref{...}`, in the text and not in a formula."""

    label: str


@dataclass(slots=True)
class CodeIsland(Island):
    """Code within a line."""

    code: str


@dataclass(slots=True)
class BlockIsland(Island):
    """Code in a block; `line` is where its first line stands, from 1."""

    code: str
    language: str
    line: int
    title: str = ""


@dataclass(slots=True)
class TagIsland(Island):
    """A pasted or own tag; `html` goes through cleaning as it is. `twin` is set when its other half is found.

    `is_quote`: it begins or ends a callout that is written as a quote.
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
        """Put what was written back into the places of placeholders."""
        return PLACEHOLDER.sub(lambda match: self.all[int(match[1])].source, text)
