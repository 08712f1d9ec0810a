"""The text of an HTML email: blocks on lines of their own, quotes marked as in plain text."""

from __future__ import annotations

import re
from html import unescape

import nh3

_APART = frozenset({"p", "pre", "table", "figure", "h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = _APART | {"div", "ul", "ol", "li", "tr", "blockquote", "figcaption", "details", "summary", "section"}
_TAGS = set(_BLOCKS | {"br", "hr", "td", "th"})
_WITHOUT_WORDS = {"script", "style", "title"}
_REPLY_HEADS = frozenset({"appendonsend", "divRplyFwdMsg", "mail-editor-reference-message-container"})
_TAG = re.compile(r'<(/?)([a-z0-9]+)(?: id="(\w[\w-]*)")?[^>]*>')
_ATTRIBUTES = {"div": {"id"}}
SEPARATOR = "-----Original Message-----"
MOST_QUOTES = MOST_LISTS = 20


def as_text(html: str) -> str:
    """Return what an HTML email says. What a client marks as the message before is quoted, or after a separator."""
    clean = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_WITHOUT_WORDS,
        attributes=_ATTRIBUTES,
        attribute_filter=_mark_of_a_client,
        link_rel=None,
    )
    writer = _Writer()
    at = 0
    for tag in _TAG.finditer(clean):
        writer.words(unescape(clean[at : tag.start()]))
        writer.tag(tag[2], is_end=bool(tag[1]), mark=tag[3] or "")
        at = tag.end()
    writer.words(unescape(clean[at:]))
    return writer.text()


def _mark_of_a_client(_tag: str, _name: str, value: str) -> str | None:
    return value if value in _REPLY_HEADS else None


class _Writer:
    """Lines of text, each with its depth of quotes."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._parts: list[str] = []
        self._depth = self._in_pre = 0
        self._lists: list[int] = []  # the next number of each list that is open, 0 without numbers
        self._mark = ""

    def words(self, words: str) -> None:
        if self._in_pre:
            first, *others = words.split("\n")
            self._parts.append(first)
            for line in others:
                self._end_line(keeps_empty=True)
                self._parts.append(line)
        elif words:
            self._parts.append(re.sub(r"\s+", " ", words))

    def tag(self, name: str, *, is_end: bool, mark: str) -> None:
        if name == "br":
            self._end_line(keeps_empty=True)
            return
        if name in ("td", "th"):
            self._parts.append(" ")
            return
        self._end_line()
        if mark in _REPLY_HEADS and not is_end:
            self._lines.append((self._depth, SEPARATOR))
        if name in _APART:
            self._lines.append((self._depth, ""))
        if name == "pre":
            self._in_pre = max(0, self._in_pre + (-1 if is_end else 1))
        if name == "blockquote":
            self._depth = max(0, self._depth + (-1 if is_end else 1))
        if name in ("ol", "ul"):
            self._lists = self._lists[:-1] if is_end else [*self._lists[-MOST_LISTS:], int(name == "ol")]
        if name == "li" and not is_end:
            self._mark = self._next_mark()

    def text(self) -> str:
        self._end_line()
        lines = [f"{'>' * depth}{' ' if depth else ''}{line}".rstrip() for depth, line in self._with_gaps()]
        kept = [line for place, line in enumerate(lines) if line.strip(">") or (place and lines[place - 1].strip(">"))]
        return "\n".join(kept).strip()

    def _with_gaps(self) -> list[tuple[int, str]]:
        """Return the lines with their depth; an empty one at an end of a quote is outside of it."""
        depths = [0, *(min(depth, MOST_QUOTES) for depth, _line in self._lines), 0]
        around = zip(depths, depths[1:], depths[2:], strict=False)
        return [
            (here if line else min(before, here, after), line)
            for (before, here, after), (_depth, line) in zip(around, self._lines, strict=True)
        ]

    def _end_line(self, *, keeps_empty: bool = False) -> None:
        line = "".join(self._parts)
        self._parts.clear()
        line = line.rstrip() if self._in_pre else line.strip()
        if line:
            line, self._mark = f"{self._mark}{line}", ""
        if line or keeps_empty:
            self._lines.append((self._depth, line))

    def _next_mark(self) -> str:
        """Return what an item of a list begins with."""
        if not self._lists or not self._lists[-1]:
            return "* "
        self._lists[-1] += 1
        return f"{self._lists[-1] - 1}. "
