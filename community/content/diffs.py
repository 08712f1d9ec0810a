"""Line and word diffs of two texts, and merges. Bounded: pathological texts get a coarser diff, not more time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from community.rendering.chars import HAN

CONTEXT = 3
MOST_LINES = 1_500
MOST_WORDS = 400
WORD_PAIRS = 300_000

_WORDS = re.compile(rf"[{HAN}]|[^\W{HAN}]+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a row; `changed` if its counterpart row does not have it."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A diff row. `sign` is `same`, `gone`, `new` or `gap` (omitted rows); line numbers count from 1."""

    sign: str
    pieces: tuple[Piece, ...] = ()
    before: int | None = None
    after: int | None = None

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def rows(before: str, after: str) -> list[Row]:
    """Return changed lines with context, and changed words within changed lines. Empty for equal texts."""
    old, new = _lines(before), _lines(after)
    if old == new:
        return []
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    groups = [("equal", 0, head, 0, head), *_opcodes(old, new, head, tail)]
    groups.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return list(_rows(old, new, groups))


def _lines(text: str) -> list[str]:
    """Return the lines of a text: none if it is empty, so that nothing is shown as removed from a first version."""
    rest = text.rstrip("\n")
    return rest.split("\n") if rest else []


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    count = 0
    for left, right in zip(old, new, strict=False):
        if left != right:
            break
        count += 1
    return count


def _opcodes(old: list[str], new: list[str], head: int, tail: int) -> list[tuple[str, int, int, int, int]]:
    old_end, new_end = len(old) - tail, len(new) - tail
    if max(old_end, new_end) - head > MOST_LINES:
        return [("replace", head, old_end, head, new_end)]
    matcher = SequenceMatcher(None, old[head:old_end], new[head:new_end])
    return [(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in matcher.get_opcodes()]


def _rows(old: list[str], new: list[str], groups: list[tuple[str, int, int, int, int]]) -> Iterator[Row]:
    last = len(groups) - 1
    for place, (tag, a, b, c, d) in enumerate(groups):
        if tag == "equal":
            yield from _unchanged(old, a, b, c, lead=place > 0, follow=place < last)
        else:
            yield from _changed(old, new, (a, b, c, d))


def _unchanged(old: list[str], a: int, b: int, c: int, *, lead: bool, follow: bool) -> Iterator[Row]:
    kept_head = CONTEXT if lead else 0
    kept_tail = CONTEXT if follow else 0
    if b - a <= kept_head + kept_tail + 1:
        kept = range(a, b)
        yield from (Row("same", (Piece(old[i]),), i + 1, c + i - a + 1) for i in kept)
        return
    for i in range(a, a + kept_head):
        yield Row("same", (Piece(old[i]),), i + 1, c + i - a + 1)
    yield Row("gap")
    for i in range(b - kept_tail, b):
        yield Row("same", (Piece(old[i]),), i + 1, c + i - a + 1)


def _changed(old: list[str], new: list[str], span: tuple[int, int, int, int]) -> Iterator[Row]:
    a, b, c, d = span
    pairs = list(_compared(old[a:b], new[c:d]))
    for i in range(a, b):
        pieces = pairs[i - a][0] if i - a < len(pairs) else (Piece(old[i], True),)
        yield Row("gone", pieces, before=i + 1)
    for i in range(c, d):
        pieces = pairs[i - c][1] if i - c < len(pairs) else (Piece(new[i], True),)
        yield Row("new", pieces, after=i + 1)


def _compared(old: list[str], new: list[str]) -> Iterator[tuple[tuple[Piece, ...], tuple[Piece, ...]]]:
    """Return the pieces of each pair of lines: by word until the budget is used up, then by line."""
    left = WORD_PAIRS
    for before, after in zip(old, new, strict=False):
        words, others = _WORDS.findall(before), _WORDS.findall(after)
        left -= len(words) * len(others)
        if left < 0 or max(len(words), len(others)) > MOST_WORDS:
            yield (Piece(before, True),), (Piece(after, True),)
        else:
            yield _word_pieces(words, others)


def _word_pieces(old: list[str], new: list[str]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    gone, come = [], []
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        gone.append(Piece("".join(old[a:b]), tag != "equal"))
        come.append(Piece("".join(new[c:d]), tag != "equal"))
    return tuple(piece for piece in gone if piece.text), tuple(piece for piece in come if piece.text)


def merged(base: str, one: str, other: str) -> str | None:
    """Return `base` with the changes of two texts made from it; None if they changed the same or adjacent lines.

    The same change in both is made once.
    """
    lines = _lines(base)
    changes = sorted({*_changes(lines, _lines(one)), *_changes(lines, _lines(other))})
    if any(second[0] <= first[1] for first, second in pairwise(changes)):
        return None
    for start, end, new in reversed(changes):
        lines[start:end] = new
    return "\n".join(lines) + "\n"


def _changes(old: list[str], new: list[str]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return which lines of the old text are replaced by which new ones."""
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    opcodes = _opcodes(old, new, head, tail)
    return [(a, b, tuple(new[c:d])) for tag, a, b, c, d in opcodes if tag != "equal"]
