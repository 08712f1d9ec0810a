"""LaTeX tokens with source positions, so that an error in rewritten LaTeX points into the source."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

STARRED = frozenset({r"\tag", r"\operatorname"})
_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\s+|.", re.DOTALL)


class Token(NamedTuple):
    text: str
    at: int

    @property
    def is_space(self) -> bool:
        return self.text.isspace()


def tokenize(latex: str) -> list[Token]:
    """Split into commands, runs of white space and single characters."""
    return [Token(match[0], match.start()) for match in _TOKEN.finditer(latex)]


def join(tokens: list[Token]) -> str:
    """Join tokens, separating a command from a following letter."""
    parts: list[str] = []
    last = ""
    for token in tokens:
        if _would_grow(last, token.text):
            parts.append(" ")
        parts.append(token.text)
        last = token.text or last
    return "".join(parts)


def _would_grow(last: str, text: str) -> bool:
    """Return whether a command would absorb what follows: a letter, or a star meant as multiplication."""
    if len(last) < 2 or last[0] != "\\" or not last[-1].isalpha():
        return False
    return text[:1].isalpha() or (text[:1] == "*" and last not in STARRED)


class Origins:
    """Maps an offset in the joined text to the source offset of its token."""

    def __init__(self, tokens: list[Token]) -> None:
        self._starts: list[int] = []
        self._at: list[int] = []
        offset, last = 0, ""
        for token in tokens:
            offset += _would_grow(last, token.text)
            self._starts.append(offset)
            self._at.append(token.at)
            offset += len(token.text)
            last = token.text or last

    def __getitem__(self, offset: int) -> int:
        index = bisect_right(self._starts, offset) - 1
        return self._at[index] if index >= 0 else 0
