"""The first words of a rendered post on one line, its formulas still formulas: for feeds, hits and queues."""

from __future__ import annotations

import re
from html import escape, unescape

from .limits import EXCERPT_LENGTH

_LEFT_OUT = re.compile(
    r"<(h[2-6]|pre|table|figure)\b.*?</\1>"
    r'|<div class="bp-problems">.*?</div>'
    r'|<span class="(?:math-error-message|code-name|math-number)"[^>]*>.*?</span>'
    r'|<sup class="footnote[^>]*>.*?</sup>',
    re.DOTALL,
)
_PIECE = re.compile(r'(?P<math><math\b.*?</math>)|(?P<tag><(?:[^<>"]|"[^"]*")*>)|(?P<words>[^<]+)', re.DOTALL)
_INLINE = frozenset(
    "a abbr b bdi code del em i ins kbd mark s span strong sub sup".split(),
)
_NAME = re.compile(r"</?([a-z][a-z0-9]*)")
_ANNOTATION = re.compile(r"<annotation[^>]*>(.*?)</annotation>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_WIDEST = 40


def lead(html: str, longest: int = EXCERPT_LENGTH) -> str:
    """Return the first `longest` characters of safe HTML as safe HTML without tags; large formulas become dots."""
    parts: list[str] = []
    room = longest
    for piece in _PIECE.finditer(_LEFT_OUT.sub(" ", html)):
        if piece["tag"]:
            parts.append("" if _is_inline(piece["tag"]) else " ")
            continue
        shown, length = _formula(piece["math"]) if piece["math"] else _words(piece["words"])
        if length > room:
            parts.append(_cut(piece["words"], room) if piece["words"] else "…")
            break
        parts.append(shown)
        room -= length
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def formulas(html: str) -> dict[str, str]:
    """Return the formulas of rendered HTML that fit into a line, by their LaTeX."""
    found = (piece["math"] for piece in _PIECE.finditer(html) if piece["math"])
    return {_latex(math): _in_line(math) for math in found if _fits(math)}


def _words(text: str) -> tuple[str, int]:
    return text, len(unescape(text))


def _formula(math: str) -> tuple[str, int]:
    return (_in_line(math), _width(math)) if _fits(math) else ("…", 1)


def _fits(math: str) -> bool:
    return "<mtable" not in math and _width(math) <= _WIDEST


def _width(math: str) -> int:
    """Return about how many characters wide a formula is: what is left of it without its tags."""
    return len(unescape(_TAG.sub("", _ANNOTATION.sub("", math))))


def _latex(math: str) -> str:
    annotation = _ANNOTATION.search(math)
    return unescape(annotation[1]) if annotation else ""


def _in_line(math: str) -> str:
    return _ANNOTATION.sub("", math).replace(' display="block"', "", 1)


def _is_inline(tag: str) -> bool:
    name = _NAME.match(tag)
    return name is not None and name[1] in _INLINE


def _cut(text: str, room: int) -> str:
    cut = unescape(text)[:room]
    space = cut.rfind(" ")
    if space > room * 2 // 3:
        cut = cut[:space]
    return escape(cut.rstrip(" ,.;:，。；：、"), quote=False) + "…"
