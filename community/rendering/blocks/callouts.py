"""Callouts for theorems, proofs and warnings: `> [!note]`, `!!! note` and `??? note`."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from community.rendering import callouts, lines
from community.rendering.islands import TagIsland

from .boxes import Box, Piece

if TYPE_CHECKING:
    from .reader import Reader


def open_quoted_callout(reader: Reader, inner: str) -> bool:
    """Open a callout if the current quote begins with one. Return whether it does."""
    match = lines.CALLOUT.match(inner)
    kind = callouts.kind_of(match[1]) if match else None
    if match is None or kind is None:
        return False
    title, box = Piece(match[2], reader.offset(match[2])), Box(quoted=True)
    if kind == callouts.FOLDED:
        _open_details(reader, False, title, kind, box)
    else:
        _open_callout(reader, kind, callouts.label(kind, match[1]), title, box)
    return True


def open_admonition(reader: Reader, rest: str) -> str | None:
    """Open a callout with indented content. Return an empty rest of the line, or None if there is no callout."""
    match = lines.ADMONITION.match(rest)
    if match is None or not _next_line_is_indented(reader):
        return None
    reader.flush()
    kind = callouts.kind_of(match[2] or "")
    title = _title(match, kind)
    piece = Piece(title, reader.offset(rest) + max(0, rest.strip().find(title)))
    box = Box(quoted=False, indent=4)
    if match[1].startswith("?") or kind == callouts.FOLDED:
        _open_details(reader, match[1] == "???+", piece, kind, box)
    else:
        _open_callout(reader, kind or "note", callouts.label(kind or "note", match[2] or ""), piece, box)
    return ""


def _title(match: re.Match[str], kind: str | None) -> str:
    """Return the quoted title; without one, an unknown kind is the title."""
    if match[3] is not None:
        return match[3]
    return (match[2] or "") if kind is None else ""


def _next_line_is_indented(reader: Reader) -> bool:
    following = next((line for line in reader.lines[reader.index + 1 : reader.index + 3] if line.strip()), "")
    return lines.indent_of(reader.continued(following)[1]) >= 4


def _open_callout(reader: Reader, kind: str, word: str, title: Piece, box: Box) -> None:
    is_quote = box.quoted
    start = _tag(reader, "div", f'<div class="callout callout-{kind}">', is_quote=is_quote)
    box.closing = _tag(reader, "div", "</div>", is_end=True, is_quote=is_quote)
    label = _tag(reader, "p", f'<p class="callout-title"><strong>{escape(word)}</strong> ')
    words = reader.scan([title]) if title.text.strip() else ""
    reader.write_alone(start)
    reader.write_alone(label + words + _tag(reader, "p", "</p>", is_end=True))
    reader.push(box)


def _open_details(reader: Reader, is_open: bool, title: Piece, kind: str | None, box: Box) -> None:
    is_quote = box.quoted
    start = _tag(reader, "details", "<details open>" if is_open else "<details>", is_quote=is_quote)
    box.closing = _tag(reader, "details", "</details>", is_end=True, is_quote=is_quote)
    words = reader.scan([title]) if title.text.strip() else callouts.label(kind or "note")
    reader.write_alone(start)
    summary, end = _tag(reader, "summary", "<summary>"), _tag(reader, "summary", "</summary>", is_end=True)
    reader.write_alone(summary + words + end)
    reader.push(box)


def _tag(reader: Reader, name: str, html: str, *, is_end: bool = False, is_quote: bool = False) -> str:
    """Create an island for an HTML tag that we open and close ourselves."""
    tag = TagIsland("", name, html, is_block=True, is_end=is_end, is_void=True, where=reader.where(), twin=True)
    tag.is_quote = is_quote
    return reader.islands.add(tag)
