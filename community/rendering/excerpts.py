"""One-line excerpts of rendered posts with formulas, for feeds, hits and queues.

The input is our own HTML, so every element in it is closed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from html import escape, unescape
from typing import NamedTuple

from .chars import CJK
from .headlines import ENDS
from .limits import EXCERPT_LENGTH
from .line_breaks import keep_together
from .plain import with_numbers
from .readable import readable

_PIECE = re.compile(r'(?P<math><math\b.*?</math>)|(?P<tag><(?:[^<>"]|"[^"]*")*>)|(?P<words>[^<]+)', re.DOTALL)
_FORMULA = re.compile(r"(<math\b.*?</math>)")
_NAME = re.compile(r"</?([a-z][a-z0-9]*)")
_INLINE = frozenset("a abbr b bdi code del em i ins kbd mark s span strong sub sup".split())
_BESIDE = frozenset("h1 h2 h3 h4 h5 h6 pre table figure".split())
_QUOTES = frozenset({"blockquote"})
_BESIDE_BY_CLASS = re.compile(
    r'<(?:div class="(?:bp-problems|footnote)"|sup id="[^"]*fnref'
    r'|span class="(?:math-error-message(?: of-title)?|code-name|math-number)")'
)
_ANNOTATION = re.compile(r"<annotation[^>]*>(.*?)</annotation>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_AFTER_FULL_WIDTH = re.compile(r"(?<=[。，、；：！？）》」』]) ")
_WIDEST = 40
_DISPLAY = re.compile(
    r'class="(math-display[^"]*)"[^>]*>(<math\b.*?</math>(?:<span class="math-number".*?</span>)?)', re.DOTALL
)
_WIDE_SPACE = re.compile(r'<mspace width="[12]em"')
_ENDS_SENTENCE = re.compile(r"[.,;:!?…。，；：！？][)\]}]?\s*$")
_BEGINS_SENTENCE = re.compile(r"\s*[A-Z]")
_LARGEST = 40_000  # characters of MathML
_IDS_AND_LINKS = re.compile(r' id="[^"]*"|</?a\b[^>]*>')


class _Part(NamedTuple):
    """`html` for a formula, else `words` without markup."""

    words: str
    html: str = ""


def lead(html: str, longest: int = EXCERPT_LENGTH) -> str:
    """Return the first `longest` characters of safe HTML as safe HTML without tags; large formulas become an ellipsis.

    A Chinese character counts as two, as it is twice as wide. Quotes are omitted if there are other words.
    """
    return _lead(html, longest, _BESIDE | _QUOTES) or _lead(html, longest, _BESIDE)


def lead_text(html: str, longest: int = 2 * EXCERPT_LENGTH) -> str:
    """Return about the first `longest` characters of what `lead` shows as plain text, with readable formulas."""
    return _words(html, longest, _BESIDE | _QUOTES) or _words(html, longest, _BESIDE)


def formulas(html: str, wanted: Collection[str] | None = None) -> dict[str, str]:
    """Return the formulas of rendered HTML that fit on a line, by their LaTeX (see `key`); or only those wanted."""
    found = ((key(latex_of(piece[0])), piece[0]) for piece in _PIECE.finditer(html) if piece["math"])
    return {latex: _in_line(math) for latex, math in found if (wanted is None or latex in wanted) and _fits(math)}


def equation_at(html: str, anchor: str) -> str:
    """Return the display formula of rendered HTML that has this id, or has it on one of its rows.

    It has no ids and links. Empty if there is none, or if it is very large.
    """
    mark = f' id="{escape(anchor)}"'
    found = next((each for each in _DISPLAY.finditer(html) if mark in each[2]), None)
    if found is None or len(found[2]) > _LARGEST:
        return ""
    return f'<div class="{found[1]}">{_IDS_AND_LINKS.sub("", found[2])}</div>'


def key(latex: str) -> str:
    """Return LaTeX as plain texts contain it: spaces and line ends are one space."""
    return " ".join(latex.split())


def latex_of(math: str) -> str:
    annotation = _ANNOTATION.search(math)
    return unescape(annotation[1]) if annotation else ""


def _pieces(html: str, beside: frozenset[str]) -> Iterator[re.Match[str]]:
    """Iterate over HTML piece by piece, skipping elements outside the text."""
    name, depth = "", 0
    for piece in _PIECE.finditer(with_numbers(html)):
        tag = piece["tag"] or ""
        named = _NAME.match(tag)
        if depth:
            if named and named[1] == name:
                depth += -1 if tag.startswith("</") else 1
        elif named and not tag.startswith("</") and (named[1] in beside or _BESIDE_BY_CLASS.match(tag)):
            name, depth = named[1], 1
        else:
            yield piece


def _sentences(html: str, beside: frozenset[str]) -> Iterator[tuple[re.Match[str], str]]:
    """Iterate over pieces with what to write before: a stop where a sentence follows a formula on its own line."""
    latex = ""
    for piece in _pieces(html, beside):
        begins = latex and piece["words"] and _BEGINS_SENTENCE.match(piece["words"])
        yield piece, ". " if begins and not _ENDS_SENTENCE.search(latex) else ""
        if piece["math"] or (piece["words"] and piece["words"].strip()):
            latex = latex_of(piece["math"]) if piece["math"] and 'display="block"' in piece["math"] else ""


def _drop_spaces[T](parts: list[T], text: Callable[[T], str]) -> None:
    while parts and not text(parts[-1]).strip():
        parts.pop()


def _lead(html: str, longest: int, beside: frozenset[str]) -> str:
    parts: list[_Part] = []
    room = longest
    for piece, stop in _sentences(html, beside):
        part, length = _part(piece)
        if stop:
            _drop_spaces(parts, lambda part: part.html or part.words)
            parts.append(_Part(stop))
        if length > room:
            return _line(_without_end([*parts, _Part(_cut(part.words, room))])) + "…"
        parts.append(part)
        room -= length
    return _line(parts)


def _part(piece: re.Match[str]) -> tuple[_Part, int]:
    """Return what a piece shows and its approximate width in characters."""
    if piece["tag"]:
        return _Part("" if _is_inline(piece["tag"]) else " "), 0
    if piece["math"]:
        math = piece["math"]
        return (_Part("", _in_line(math)), _width(math)) if _fits(math) else (_Part("…"), 1)
    words = unescape(piece["words"])
    return _Part(words), len(words) + len(CJK.findall(words))


def _line(parts: list[_Part]) -> str:
    line = _one_line("".join(part.html or escape(part.words, quote=False) for part in parts))
    words, *rest = _FORMULA.split(line)
    held = [words]
    for math, after in zip(rest[::2], rest[1::2], strict=True):
        held += keep_together(held.pop(), math, after)
    return "".join(held)


def _one_line(words: str) -> str:
    """Return a text on one line. Nothing separates two paragraphs where one ends in full-width punctuation."""
    return _AFTER_FULL_WIDTH.sub("", " ".join(words.split()))


def _without_end(parts: list[_Part]) -> list[_Part]:
    """Remove trailing punctuation, so that an ellipsis can follow."""
    while parts and not parts[-1].html:
        words = parts.pop().words.rstrip(ENDS)
        if words:
            return [*parts, _Part(words)]
    return parts


def _words(html: str, longest: int, beside: frozenset[str]) -> str:
    words: list[str] = []
    length = 0
    for piece, stop in _sentences(html, beside):
        shown = _readable(piece["math"]) if piece["math"] else _part(piece)[0].words
        if stop:
            _drop_spaces(words, str)
        words.append(stop + shown)
        length += len(shown)
        if length > longest:
            break
    return _one_line("".join(words))


def _readable(math: str) -> str:
    """Return a formula as text, or an ellipsis where only LaTeX would do."""
    words = readable(latex_of(math))
    return "…" if "\\" in words else words


def _fits(math: str) -> bool:
    return "<mtable" not in math and _width(math) <= _WIDEST


def _width(math: str) -> int:
    """Return the approximate width of a formula in characters."""
    return len(unescape(_TAG.sub("", _ANNOTATION.sub("", math))))


def _in_line(math: str) -> str:
    inline = _ANNOTATION.sub("", math).replace(' display="block"', "", 1).replace(' displaystyle="true"', "")
    return _WIDE_SPACE.sub('<mspace width="0.5em"', inline)


def _is_inline(tag: str) -> bool:
    name = _NAME.match(tag)
    return name is not None and name[1] in _INLINE


def _fitting(words: str, room: int) -> str:
    for place, char in enumerate(words):
        room -= 2 if CJK.match(char) else 1
        if room < 0:
            return words[:place]
    return words


def _cut(words: str, room: int) -> str:
    """Cut a text to a width, at a space if it would split a word; Han can be cut anywhere."""
    cut = _fitting(words, room)
    edge = words[len(cut) - 1 : len(cut) + 1] if cut else ""
    is_split = len(edge) == 2 and edge.isascii() and edge.isalnum()
    return cut[: cut.rfind(" ")] if is_split and " " in cut else cut
