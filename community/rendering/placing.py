"""Insertion of formulas, code and embeds into sanitised HTML: elements where allowed, their source elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from .islands import PLACEHOLDER, Islands
from .line_breaks import NEAR, keep_shapes, keep_together

_PIECE = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:[^<>\"]|\"[^\"]*\")*)>|([^<]+)|<")
_VOID = frozenset({"br", "hr", "img", "input"})
_AS_WRITTEN = frozenset({"a", "kbd", "code", "pre"})
_FLOW = frozenset({"", "div", "li", "td", "th", "blockquote", "details", "figure"})
_EMPTY_PARAGRAPH = re.compile(r"<p>\s*</p>\n?")
_BREAK_BESIDE_BLOCK = re.compile(r"(</div>)\s*<br>|<br>\s*(<div class=\"math-display)")
_GAP = re.compile(r"[ \n]*\n(<div class=\"(?:math-display|code-block))")
_SPACE_AT_EDGE = re.compile(r"\s+(</(?:p|li|td|th|h[2-6])>)|(<p>)\s+(?!<)")
_ROW_END = "</mrow><annotation"
# Punctuation that ends the sentence of the formula above stays on its line.
_CLOSING_MARKS = re.compile(r"[ \t]*([，。；：！？、]+|[,.;:!?]+(?=\s|$|<))")

type ShowIsland = Callable[[int, str], str]


def place(html: str, islands: Islands, *, is_wide: Callable[[int], bool], show: ShowIsland) -> str:
    """Fill every placeholder.

    `is_wide(number)` returns whether an island is a block; `show(number, wrapper)` returns its element, with `div`, or
    `span` where only inline elements are allowed.
    """
    return _Placing(html, islands, is_wide, show).run()


class _Placing:
    def __init__(self, html: str, islands: Islands, is_wide: Callable[[int], bool], show: ShowIsland) -> None:
        self.html = html
        self.islands = islands
        self.is_wide = is_wide
        self.show = show
        self.out: list[str] = []
        self.opened: list[str] = []

    def run(self) -> str:
        for match in _PIECE.finditer(self.html):
            slash, name, attributes, text = match.groups()
            if text is not None:
                self._text(text)
            elif name is None:
                self.out.append("&lt;")
            else:
                self._tag(slash, name, attributes)
        html = _BREAK_BESIDE_BLOCK.sub(r"\1\2", "".join(self.out))
        html = _EMPTY_PARAGRAPH.sub("", _SPACE_AT_EDGE.sub(r"\1\2", html))
        return _GAP.sub(r"\n\1", html)

    def _tag(self, slash: str, name: str, attributes: str) -> None:
        if slash:
            if self.opened and self.opened[-1] == name:
                self.opened.pop()
        elif name not in _VOID:
            self.opened.append(name)
        self.out.append(f"<{slash}{name}{self._as_attribute(attributes)}>")

    def _as_attribute(self, attributes: str) -> str:
        return PLACEHOLDER.sub(lambda match: escape(self.islands.as_text(match[0])), attributes)

    def _text(self, text: str) -> None:
        position = 0
        for match in PLACEHOLDER.finditer(text):
            before, position = text[position : match.start()], match.end()
            if self.islands.get(match[1]) is None:
                self._words(before)
                continue
            number = int(match[1])
            if self.is_wide(number):
                self._words(before)
                position = self._wide(number, text, position)
                continue
            before, shown, after = keep_together(before, self.show(number, ""), text[position : position + NEAR])
            self._words(before)
            self.out.append(shown)
            position += min(NEAR, len(text) - position) - len(after)
        self._words(text[position:])

    def _words(self, text: str) -> None:
        """Insert text; URLs and code are not searched for network shapes."""
        self.out.append(text if _AS_WRITTEN & set(self.opened) else keep_shapes(text))

    def _wide(self, number: int, text: str, position: int) -> int:
        """Insert a block, splitting the paragraph around it."""
        inside = self.opened[-1] if self.opened else ""
        if inside not in _FLOW and inside != "p":
            self.out.append(self.show(number, "span"))
            return position
        shown = self.show(number, "div")
        marks = _CLOSING_MARKS.match(text, position)
        if marks and _ROW_END in shown and "math-wide" not in shown:
            shown = shown.replace(_ROW_END, f'<mtext class="math-mark">{marks[1]}</mtext>{_ROW_END}', 1)
            position = marks.end()
        self.out.append(f"</p>\n{shown}\n<p>" if inside == "p" else f"\n{shown}\n")
        return position
