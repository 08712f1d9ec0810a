"""Limits per text. A text over a limit is shown as written, with its figure and the limit."""

from __future__ import annotations

from dataclasses import dataclass

FORMULA_LENGTH = 4_000
FORMULA_DEPTH = 60
NESTING = 20
TABLE_COLUMNS = 40
TABLE_CELLS = 8_000
BRACKET_DEPTH = 6
EXCERPT_LENGTH = 280


@dataclass(frozen=True, slots=True)
class Limits:
    """Lengths in characters, `seconds` of wall time in the child, `answer` seconds from request to response."""

    length: int
    formulas: int
    seconds: float
    answer: float


POST = Limits(length=50_000, formulas=500, seconds=1.2, answer=1.75)
ARTICLE = Limits(length=100_000, formulas=1_000, seconds=5.0, answer=6.0)
BIO = Limits(length=5_000, formulas=50, seconds=1.2, answer=1.75)
TITLE = Limits(length=500, formulas=20, seconds=1.2, answer=1.75)

_by_kind = {"post": POST, "article": ARTICLE, "bio": BIO, "title": TITLE}


def limits_for(kind: str) -> Limits:
    return _by_kind.get(kind, POST)


def output_cap(source: str) -> int:
    """Return the maximum number of characters of HTML for a source."""
    return max(20 * len(source), 2_000_000)


class OverLimit(Exception):
    """The text exceeds a limit. `str()` is a message for its author."""
