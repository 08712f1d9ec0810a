"""The text of an HTML email: blocks on lines of their own, quotes marked as in plain text.

The tags are read one after the other. A parser of documents closes and repeats tags as browsers do, and a few kilobytes
that are written for that keep it busy for minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_APART = frozenset({"p", "pre", "table", "figure", "h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = _APART | {"div", "ul", "ol", "li", "tr", "blockquote", "figcaption", "details", "summary", "section"}
_TAGS = _BLOCKS | {"a", "br", "hr", "td", "th"}
_ENDS_OF_WORDLESS = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "title")}
_REPLY_HEADS = frozenset({"appendonsend", "divRplyFwdMsg", "mail-editor-reference-message-container"})
_TAG_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
_ID = re.compile(r"\sid\s*=\s*[\"']?([\w-]{1,60})", re.IGNORECASE)
_HREF = re.compile(r"\shref\s*=\s*[\"']?(https?://[^\s\"'<>]{1,2000})", re.IGNORECASE)
SEPARATOR = "-----Original Message-----"
MOST_QUOTES = MOST_LISTS = 20


def as_text(html: str) -> str:
    """Return what an HTML email says. What a client marks as the message before is quoted, or after a separator.

    The address of a link comes after its words, as Markdown has it.
    """
    writer = _Writer()
    for words, name, is_end, mark in _tokens(html):
        writer.words(_unescaped(words))
        if name:
            writer.tag(name, is_end=is_end, mark=mark)
    return writer.text()


def _tokens(html: str) -> Iterator[tuple[str, str, bool, str]]:
    """Yield words with the tag that comes after them: its name, whether it is an end, and its mark.

    The mark is the address of a link, or the id of what a client wrote.

    Each search begins where the last one ended, and nothing is read after one that finds nothing.
    """
    at = 0
    while (start := html.find("<", at)) >= 0:
        tag = _TAG_NAME.match(html, start)
        if tag is None and html[start + 1 : start + 2] not in ("!", "?", "/"):
            yield html[at : start + 1], "", False, ""
            at = start + 1
            continue
        end = _end_of_tag(html, start)
        name = tag[2].lower() if tag else ""
        mark = _mark(html, name, tag.end(), end) if tag else ""
        yield html[at:start], name if name in _TAGS else "", bool(tag and tag[1]), mark
        if name in _ENDS_OF_WORDLESS and tag and not tag[1]:
            wordless = _ENDS_OF_WORDLESS[name].search(html, end)
            end = wordless.start() if wordless else len(html)
        at = end
    yield html[at:], "", False, ""


def _mark(html: str, name: str, start: int, end: int) -> str:
    if name == "a":
        href = _HREF.search(html, start, end)
        return _unescaped(href[1]) if href else ""
    id_ = _ID.search(html, start, end) if name == "div" else None
    return id_[1] if id_ and id_[1] in _REPLY_HEADS else ""


def _end_of_tag(html: str, start: int) -> int:
    """Return the place after a tag or a comment. A `>` in quotes does not end a tag."""
    if html.startswith("<!--", start):
        end = html.find("-->", start + 4)
        return end + 3 if end >= 0 else len(html)
    end = html.find(">", start)
    if end >= 0 and html.count('"', start, end) % 2:
        quote = html.find('"', end)
        end = html.find(">", quote) if quote >= 0 else end
    return end + 1 if end >= 0 else len(html)


def _unescaped(words: str) -> str:
    try:
        return unescape(words)
    except ValueError:  # a number of thousands of digits
        return words


class _Writer:
    """Lines of text, each with its depth of quotes."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._parts: list[str] = []
        self._depth = self._in_pre = 0
        self._lists: list[int] = []  # the next number of each list that is open, 0 without numbers
        self._mark = ""
        self._address, self._linked = "", 0  # of the link that is open, and its first part

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
        if name == "a":
            self._link("" if is_end else mark)
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
        self._link("")
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
        self._linked = 0
        line = line.rstrip() if self._in_pre else line.strip()
        if line:
            line, self._mark = f"{self._mark}{line}", ""
        if line or keeps_empty:
            self._lines.append((self._depth, line))

    def _link(self, address: str) -> None:
        """End the link that is open, with its address if its words are others, and begin another."""
        words = "".join(self._parts[self._linked :])
        if self._address and words.strip() and self._address.rstrip("/") not in words:
            self._parts.append(f" <{self._address}>")
        self._address, self._linked = address, len(self._parts)

    def _next_mark(self) -> str:
        """Return what an item of a list begins with."""
        if not self._lists or not self._lists[-1]:
            return "* "
        self._lists[-1] += 1
        return f"{self._lists[-1] - 1}. "
