"""Leaf blocks: headings, rules, code, tables, formulas and paragraphs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from community.rendering import lines

from .boxes import Piece
from .code import fence, indented_code
from .display import absorb
from .tables import starts_table, table

if TYPE_CHECKING:
    from .reader import Reader

_CLOSING_HASHES = re.compile(r"[ \t]+#+[ \t]*$")


def leaf(reader: Reader, rest: str) -> None:
    """Read the block at the rest of a line, or add the line to the paragraph."""
    if not reader.paragraph and lines.indent_of(rest) >= 4:
        indented_code(reader, rest)
    elif match := lines.FENCE.match(rest):
        fence(reader, rest, match)
    elif match := lines.HEADING.match(rest):
        _heading(reader, match, rest)
    elif len(reader.paragraph) == 1 and lines.UNDERLINE.match(rest):
        _underlined(reader, rest)
    elif lines.RULE.match(rest):
        reader.flush()
        reader.write(["* * *"])
    elif starts_table(reader, rest):
        table(reader, rest)
    else:
        reader.add(rest)
        absorb(reader, rest)


def _heading(reader: Reader, match: re.Match[str], rest: str) -> None:
    reader.flush()
    words = _CLOSING_HASHES.sub("", match[2] or match[4] or "").strip()
    if not words:
        reader.add(rest)
        return
    offset = reader.offset(rest) + rest.lstrip(" ").find(words)
    reader.write([f"{match[1] or match[3]} {reader.scan([Piece(words, offset)])}"])


def _underlined(reader: Reader, rest: str) -> None:
    level = "#" if rest.strip()[0] == "=" else "##"
    title, reader.paragraph = reader.paragraph, []
    reader.write([f"{level} {reader.scan(title).strip()}"])
