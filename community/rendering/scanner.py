"""Scanner for formulas, code spans and pasted tags in a paragraph, in linear time, before Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from string import punctuation

from .formulas import Formulas, Span
from .islands import CodeIsland, FormulaIsland, Islands, ReferenceIsland, TagIsland
from .limits import BRACKET_DEPTH
from .source import PUA_CLOSE, PUA_OPEN
from .tags import read_tag

type OffsetOf = Callable[[int], int]

_SPECIAL = re.compile(r"[\\`$<&]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BACKTICKS = re.compile("`+")
_EQREF = re.compile(r"\\(?:eqref|ref)\{([^{}\n]{1,80})\}")
_AUTOLINK = re.compile(r"<(?:https?|mailto):[^\s<>]*>", re.IGNORECASE)
_BRACKET = re.compile(r"[\[\]]")
# What can follow `]`: no URL at all, or one that ends.
_ADDRESS_AFTER = re.compile(r"(?!\()|\((?:[^()\[\]]|\([^()\[\]]{0,300}\)){0,1000}\)")
FEW_BRACKETS = 40
_ESCAPED = re.compile("\x02(\\d+)\x03")
# Python-Markdown writes this as `&amp;`; it would leave alone a bare `&` that looks like a character reference.
AMPERSAND = "\x02amp\x03amp;"


class Scanner:
    """Replaces matches with placeholders; `where` separates tags of different containers."""

    def __init__(self, islands: Islands, *, with_tags: bool = True) -> None:
        self.islands = islands
        self.with_tags = with_tags

    def scan(self, text: str, offset_of: OffsetOf, *, where: int = 0) -> str:
        """Return the text with placeholders for islands."""
        return _Scan(text, offset_of, self.islands, where, self.with_tags).run()


class _Scan:
    def __init__(self, text: str, offset_of: OffsetOf, islands: Islands, where: int, with_tags: bool) -> None:
        self.text = text
        self.offset_of = offset_of
        self.islands = islands
        self.where = where
        self.with_tags = with_tags
        self.out: list[str] = []
        self.formulas = Formulas(text)
        self.runs: dict[int, list[int]] | None = None

    def run(self) -> str:
        position = 0
        while match := _SPECIAL.search(self.text, position):
            self.out.append(self.text[position : match.start()])
            position = _READERS[match[0]](self, match.start())
        self.out.append(self.text[position:])
        return cap_brackets("".join(self.out))

    # === Formulas and escapes ===

    def _backslash(self, start: int) -> int:
        following = self.text[start + 1 : start + 2]
        if following and following in "([b" and (span := self.formulas.at(start)):
            return self._formula(span)
        if following in "er" and (match := _EQREF.match(self.text, start)):
            self.out.append(self.islands.add(ReferenceIsland(match[0], match[1])))
            return match.end()
        if following and following in punctuation:
            self.out.append(escaped(following))
            return start + 2
        if following == "\n":
            self.out.append(self.islands.add(TagIsland("\\", "br", "<br>", is_block=False, is_void=True, twin=True)))
            return start + 1
        self.out.append("\\")
        return start + 1

    def _dollar(self, start: int) -> int:
        if span := self.formulas.at(start):
            return self._formula(span)
        length = 2 if self.text.startswith("$$", start) else 1
        self.out.append("$" * length)
        return start + length

    def _formula(self, span: Span) -> int:
        latex, first = span.latex, span.first
        anchors = [(0, self.offset_of(first))]
        position = latex.find("\n")
        while position >= 0:
            anchors.append((position + 1, self.offset_of(first + position + 1)))
            position = latex.find("\n", position + 1)
        source = self.text[span.start : span.end]
        self.out.append(self.islands.add(FormulaIsland(source, latex, span.display, anchors)))
        return span.end

    # === Code and tags ===

    def _backtick(self, start: int) -> int:
        first = start + 1
        while self.text.startswith("`", first):
            first += 1
        end = self._closing_run(first - start, first)
        if end < 0:
            self.out.append(self.text[start:first])
            return first
        code = self.text[first:end].replace("\n", " ")
        if code.strip() and code[0] == code[-1] == " ":
            code = code[1:-1]
        stop = end + first - start
        self.out.append(self.islands.add(CodeIsland(self.text[start:stop], code)))
        return stop

    def _closing_run(self, length: int, start: int) -> int:
        """Return the next run of exactly `length` backticks."""
        if self.runs is None:
            self.runs = {}
            for match in reversed(list(_BACKTICKS.finditer(self.text))):
                self.runs.setdefault(len(match[0]), []).append(match.start())
        places = self.runs.get(length, [])
        while places and places[-1] < start:
            places.pop()
        return places[-1] if places else -1

    def _less_than(self, start: int) -> int:
        if match := _AUTOLINK.match(self.text, start):
            self.out.append(match[0])
            return match.end()
        found = read_tag(self.text, start) if self.with_tags else None
        if found is None:
            self.out.append("<")
            return start + 1
        island, end = found
        island.where = self.where
        self.out.append(self.islands.add(island))
        return end

    def _ampersand(self, start: int) -> int:
        """Read a character reference; an unknown one is text."""
        match = _ENTITY.match(self.text, start)
        if match is None:
            self.out.append("&")
            return start + 1
        self.out.append(_character(match[0]))
        return match.end()


_READERS = {
    "&": _Scan._ampersand,
    "\\": _Scan._backslash,
    "$": _Scan._dollar,
    "`": _Scan._backtick,
    "<": _Scan._less_than,
}


def _character(reference: str) -> str:
    char = unescape(reference)
    if char in ("", reference, "&") or not char.isprintable() or char in (PUA_OPEN, PUA_CLOSE):
        return AMPERSAND + reference[1:] if char != "&" else AMPERSAND
    return escaped(char) if char in punctuation else char


def escaped(char: str) -> str:
    """Return a character in Python-Markdown's own escaped form, which is not parsed again."""
    return f"\x02{ord(char)}\x03"


def unescaped(text: str) -> str:
    """Resolve escaped characters, for text that bypasses Markdown."""
    return _ESCAPED.sub(lambda match: chr(int(match[1])), text.replace(AMPERSAND, "&"))


def cap_brackets(text: str) -> str:
    """Escape square brackets that are unbalanced, nested too deep or begin an unterminated URL.

    Markdown would search for their ends again and again.
    """
    if text.count("[") <= FEW_BRACKETS:
        return text
    lonely: set[int] = set()
    opened: list[int] = []
    for match in _BRACKET.finditer(text):
        if match[0] == "[":
            opened.append(match.start())
        elif not opened:
            lonely.add(match.start())
        elif len(opened) > BRACKET_DEPTH or not _ADDRESS_AFTER.match(text, match.end()):
            lonely |= {opened.pop(), match.start()}
        else:
            opened.pop()
    lonely.update(opened)
    return "".join(escaped(char) if index in lonely else char for index, char in enumerate(text))
