"""Words that nothing has, as somebody may have meant them: the nearest words of public titles and of names.

Asked only when a search finds nothing. The words are kept for an hour.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache

from community.search.models import Document
from community.search.registry import sources
from community.search.tokens import COMMON, fold
from community.search.words import forms

SHORTEST = 4
LONGEST = 24
LONG = 8  # letters of a word that may have two mistakes
MOST_WORDS = 4  # of a query
TITLES = 2_000  # the newest of each kind
KEPT_SECONDS = 3_600
_WORD = re.compile(rf"(?<![^\W_])[a-z]{{{SHORTEST},{LONGEST}}}(?![^\W_])")
_WRITTEN = re.compile(rf"(?<![^\W_\\])[A-Za-z]{{{SHORTEST},{LONGEST}}}(?![^\W_])")


def corrected(words: str) -> dict[str, str]:
    """Return the words of a text that are in no title, as they are written, with the likeliest word that is near."""
    known, stems = _known()
    found = dict.fromkeys(_WRITTEN.findall(words))
    unknown = [word for word in found if word.lower() not in COMMON and forms(word.lower())[-1] not in stems]
    meant = {word: nearest(word.lower(), known) for word in unknown[:MOST_WORDS]}
    return {word: near for word, near in meant.items() if near}


def nearest(word: str, known: Mapping[str, int]) -> str:
    """Return the known word with the fewest mistakes, of several the commonest; empty if none is near."""
    most = 2 if len(word) >= LONG else 1
    near = [each for each in known if each[0] == word[0] and abs(len(each) - len(word)) <= most]
    ranked = [(mistakes(word, each, most), -known[each], each) for each in near]
    best = min(ranked, default=(most + 1, 0, ""))
    return best[2] if best[0] <= most else ""


def mistakes(one: str, other: str, most: int) -> int:
    """Return how many letters must be changed, added, left out or swapped with their neighbour; or more than `most`."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, goal in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != goal))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == goal:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _known() -> tuple[dict[str, int], frozenset[str]]:
    """Return the words that are known, with how many titles have each, and their stems."""
    return cache.get_or_set("search:words", _counted, KEPT_SECONDS) or ({}, frozenset())


def _counted() -> tuple[dict[str, int], frozenset[str]]:
    """Count the words of titles that every visitor sees."""
    counts: Counter[str] = Counter()
    for source in sources().values():
        visible = source.visible(AnonymousUser()).order_by("-pk").values_list("pk", flat=True)[: 4 * TITLES]
        titles = Document.objects.filter(kind=source.kind, object_id__in=list(visible)).exclude(title="")
        for title in titles.order_by("-pk").values_list("title", flat=True)[:TITLES]:
            counts.update(set(_WORD.findall(fold(title))))
    return dict(counts), frozenset(forms(word)[-1] for word in counts)
