"""Fenced and indented code; a `math` fence contains a formula."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from community.rendering import lines
from community.rendering.highlighting import NAMES
from community.rendering.islands import BlockIsland, FormulaIsland, Island

if TYPE_CHECKING:
    from .reader import Reader

# Of other sites' renderers; ours numbers no lines and marks none.
_OPTIONS = re.compile(r"\b(?:linenums|linenostart|lineno|lines|hl(?:_lines)?|highlight|start)=(?:\"[^\"]*\"|\S*)")
_TITLE = re.compile(r'\btitle="([^"]*)"')


def fence(reader: Reader, rest: str, match: re.Match[str]) -> None:
    reader.flush()
    mark, about = match[1] or match[3], (match[2] or match[4] or "").strip()
    line = reader.index + 2
    code, offsets = _fenced(reader, lines.indent_of(rest), mark)
    written = "\n".join([mark + about, *code, mark])
    island = _island(written, code, about, line, offsets)
    reader.write([reader.islands.add(island)], joined=bool(reader.boxes) and not reader.gap)


def indented_code(reader: Reader, rest: str) -> None:
    first, code, blanks = reader.index + 1, [rest[4:]], 0
    while (line := reader.following()) is not None and (not line.strip() or lines.indent_of(line) >= 4):
        reader.index += 1
        blanks = 0 if line.strip() else blanks + 1
        code.append(line[4:])
    reader.index -= blanks
    text = "\n".join(code[: len(code) - blanks])
    reader.write([reader.islands.add(BlockIsland(text, text, "", first))])


def _fenced(reader: Reader, margin: int, mark: str) -> tuple[list[str], list[int]]:
    """Read the lines up to the closing fence, with their offsets in the text."""
    code: list[str] = []
    offsets: list[int] = []
    closing = re.compile(rf" {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
    while (line := reader.following()) is not None:
        reader.index += 1
        if closing.match(line):
            break
        cut = min(margin, lines.indent_of(line))
        code.append(line[cut:])
        offsets.append(reader.offsets[reader.index + 1] - 1 - len(line) + cut)
    return code, offsets


def _island(written: str, code: list[str], about: str, line: int, offsets: list[int]) -> Island:
    named, _space, more = about.partition(" ")
    language = named.strip("{}.").lower()
    text = "\n".join(code)
    if language == "math" and text.strip():
        starts = accumulate((len(part) + 1 for part in code), initial=0)
        return FormulaIsland(written, text, True, list(zip(starts, offsets, strict=False)))
    title = _TITLE.sub(r"\1", _OPTIONS.sub("", more if language in NAMES else about)).strip()
    return BlockIsland(written, text, language, line, title)
