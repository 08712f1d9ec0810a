"""Facts of a document that searches filter by, as tokens of its entry in the index: its kind, author, tags, month.

A token begins with a character that no word has, so that no text can pretend to a fact. A filter is then one more word:
common or rare, it costs what a word does. Django-free.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

MARK = "\ue000"  # private use: no letter to Python, and part of a token to both databases
FIRST_YEAR, LAST_YEAR = 2000, 2040


def fact(kind: str, value: object) -> str:
    """Return the token of a fact, for instance of `("tag", 12)`."""
    return MARK + kind + MARK + "".join(char for char in str(value) if char.isalnum()).casefold()


def dated(day: date) -> tuple[str, str]:
    """Return the facts of a day: its year and its month."""
    return fact("year", _clamped(day.year)), fact("month", f"{_clamped(day.year)}{day.month:02}")


def between(since: date | None, until: date | None) -> tuple[str, ...]:
    """Return facts of which a document from `since` on and before `until` has one.

    They are of whole years and months, so documents of up to a month earlier or later have one too. A day more on both
    sides is for time zones. If there is no such day, no document has the one that is returned.
    """
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    if since is not None:
        first = max(since - timedelta(days=1), first)
    if until is not None:
        last = min(until + timedelta(days=1), last)
    return tuple(_spanned(first, last)) or (fact("year", "none"),)


def _spanned(first: date, last: date) -> Iterator[str]:
    """Yield the years that lie between two days, and the months of the years that do not wholly."""
    for year in range(first.year, last.year + 1):
        begin = first.month if year == first.year else 1
        end = last.month if year == last.year else 12
        if (begin, end) == (1, 12):
            yield fact("year", year)
        else:
            yield from (fact("month", f"{year}{month:02}") for month in range(begin, end + 1))


def _clamped(year: int) -> int:
    return min(max(year, FIRST_YEAR), LAST_YEAR)
