"""Where the formulas of a text are: the one reader of `$…$`, `$$…$$`, `\\(…\\)` and `\\[…\\]` outside Markdown.

It looks at each character a bounded number of times, however many openers are never closed. Django-free.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

_MARK = re.compile(r"\$\$|\$|\\.", re.DOTALL)
_CLOSER = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}


class Span(NamedTuple):
    """`start` and `end` with the delimiters, `latex` what is between them."""

    start: int
    end: int
    latex: str


def spans(text: str) -> list[Span]:
    """Return the formulas of a text in order. `$…$` stays in one paragraph; `\\$` is a dollar."""
    marks = [(found.start(), found[0]) for found in _MARK.finditer(text)]
    places = {closer: [at for at, mark in marks if mark == closer] for closer in _CLOSER.values()}
    found: list[Span] = []
    free = 0
    for start, mark in marks:
        if start < free or mark not in _CLOSER:
            continue
        span = _span(text, start, mark, places[_CLOSER[mark]])
        if span is not None:
            found.append(span)
            free = span.end
    return found


def without(text: str) -> str:
    """Return a text with a space in place of each formula."""
    pieces, free = [], 0
    for span in spans(text):
        pieces.append(text[free : span.start])
        free = span.end
    return " ".join([*pieces, text[free:]])


def _span(text: str, start: int, mark: str, places: list[int]) -> Span | None:
    inside = start + len(mark)
    index = bisect_left(places, inside)
    if index == len(places):
        return None
    end = places[index]
    if mark == "$" and _is_broken(text, inside, end):
        return None
    return Span(start, end + len(mark), text[inside:end])


def _is_broken(text: str, start: int, end: int) -> bool:
    """Say whether a blank line stands between, or nothing does."""
    return start == end or text.find("\n\n", start, end) >= 0
