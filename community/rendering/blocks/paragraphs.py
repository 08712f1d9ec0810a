"""Paragraph lines escaped for Python-Markdown, so that none is taken for a block."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from community.rendering.chars import is_unspaced
from community.rendering.islands import PLACEHOLDER, Islands, TagIsland
from community.rendering.scanner import escaped

from .boxes import Piece

_NUMBERED_LINE = re.compile(r"( *\d{1,9})([.)])(\s|$)")
_NOTE_REFERENCE = re.compile(r"\[\^[^\]]+\](?!:)")
_BULLET_LINE = re.compile(r"[-+*](\s|$)")


def offsets_of(pieces: list[Piece]) -> Callable[[int], int]:
    """Return the mapping from an offset in the joined pieces to one in the text."""
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece.text) + 1)

    def offset_of(index: int) -> int:
        line = min(bisect_right(starts, index) - 1, len(pieces) - 1)
        return pieces[line].offset + index - starts[line]

    return offset_of


def split_at_blocks(text: str, islands: Islands) -> list[str]:
    """Put every pasted block tag into its own paragraph."""
    segments: list[str] = []
    position = 0
    for match in PLACEHOLDER.finditer(text):
        island = islands.get(match[1])
        if isinstance(island, TagIsland) and island.is_block:
            segments += [text[position : match.start()], match[0]]
            position = match.end()
    if not segments:
        return [text]
    return [segment.strip("\n") for segment in [*segments, text[position:]] if segment.strip()]


def as_words(segment: str) -> list[str]:
    """Return part of a paragraph as lines, joined where no space is meant and free of block syntax."""
    return [_plain_start(line) for line in _join_unspaced(segment.split("\n"))]


def _plain_start(line: str) -> str:
    """Escape block syntax at the start of a paragraph line."""
    line = line.lstrip(" ")
    if match := _NUMBERED_LINE.match(line):
        return f"{match[1]}{escaped(match[2])}{line[match.end(2) :]}"
    if line.startswith(("#", ">")) or _BULLET_LINE.match(line) or _begins_note(line):
        return escaped(line[0]) + line[1:]
    return line


def _begins_note(line: str) -> bool:
    """Return whether Python-Markdown could take a line for a footnote; one that refers to it may begin a paragraph."""
    return line.startswith("[^") and not _NOTE_REFERENCE.match(line)


def _join_unspaced(block: list[str]) -> list[str]:
    """Join lines that break between two Chinese or Japanese characters, where a line break is not a space."""
    joined: list[str] = []
    for line in block:
        if joined and is_unspaced(joined[-1][-1:]) and is_unspaced(line.lstrip(" ")[:1]):
            joined[-1] += line.lstrip(" ")
        else:
            joined.append(line)
    return joined
