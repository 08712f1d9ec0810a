"""Phrases: words in this order with nothing but spaces and signs between them, looked for in the text itself.

An index names the texts with all the words; which of them have the phrase does then not depend on how a database counts
places. Django-free.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise

from community.rendering.chars import HAN_AND_KANA
from community.search.tokens import RUN, fold

LETTER = rf"[^\W_{HAN_AND_KANA}]"
LATIN = re.compile(LETTER)


def has_all(phrases: Iterable[str], excluded: Iterable[str] = ()) -> Callable[[str], bool]:
    """Return a test of texts: whether they have every phrase, and none that is excluded."""
    wanted = [_pattern(phrase) for phrase in phrases]
    unwanted = [_pattern(phrase) for phrase in excluded]

    def test(text: str) -> bool:
        folded = fold(text)
        return all(each.search(folded) for each in wanted) and not any(each.search(folded) for each in unwanted)

    return test


def _pattern(phrase: str) -> re.Pattern[str]:
    """Match the runs of a phrase. Two words have something between them; Chinese beside a word may have nothing."""
    runs = RUN.findall(fold(phrase))
    pattern = "".join(f"{_gap(before, run)}{re.escape(run)}" for before, run in pairwise(["", *runs]))
    start, end = (rf"(?<!{LETTER})", rf"(?!{LETTER})")
    return re.compile(
        (start if runs and LATIN.match(runs[0]) else "") + pattern + (end if runs and LATIN.match(runs[-1]) else "")
    )


def _gap(before: str, run: str) -> str:
    if not before:
        return ""
    return r"[\W_]+" if LATIN.match(before) and LATIN.match(run) else r"[\W_]*"
