"""Words that nothing has, as somebody may have meant them: the nearest words of public titles, names and texts.

Asked only when a search finds little. A worker counts the words every hour; a process that serves pages keeps them
until there are newer ones, and corrects nothing while there are none. Chinese has no letters: what was meant by three
to eight characters has all of them but one in their places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from time import time
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models.functions import Substr

from community.common import housekeeping
from community.rendering.chars import HAN_AND_KANA
from community.search.models import Document
from community.search.registry import sources
from community.search.tokens import COMMON, fold
from community.search.words import forms

SHORTEST = 4
LONGEST = 24
LONG = 8  # letters of a word that may have two mistakes
MOST_WORDS = 4  # of a query
TITLES = 2_000  # the newest of each kind
TEXTS = 1_000  # the newest of each kind
BEGINNING = 2_000  # characters of a text
FEWEST_TEXTS = 2  # with a word, for one alone may have the same mistake
EVERY_SECONDS = 3_600
KEPT_SECONDS = 48 * 3_600
COUNTING_SECONDS = 600  # after which another worker counts
WORDS, COUNTED_AT, COUNTING = "search:words:3", "search:words:at", "search:words:counting"
SHORTEST_HAN, LONGEST_HAN = 3, 8
_WORD = re.compile(rf"(?<![^\W_])[a-z]{{{SHORTEST},{LONGEST}}}(?![^\W_])")
_WRITTEN = re.compile(rf"(?<![^\W_\\])[A-Za-z]{{{SHORTEST},{LONGEST}}}(?![^\W_])")
_HAN = re.compile(rf"(?<![{HAN_AND_KANA}])[{HAN_AND_KANA}]{{{SHORTEST_HAN},{LONGEST_HAN}}}(?![{HAN_AND_KANA}])")
_RUN = re.compile(f"[{HAN_AND_KANA}]{{{SHORTEST_HAN},}}")


class Known(NamedTuple):
    """Words with the number of titles and texts that have each, their stems, and the Han of titles in one text."""

    counts: Mapping[str, int]
    stems: frozenset[str]
    han: str


def corrected(words: str) -> dict[str, str]:
    """Return the words of a text that are in no title, as they are written, with the likeliest word that is near."""
    known = _known()
    found = dict.fromkeys(_WRITTEN.findall(words))
    unknown = [word for word in found if word.lower() not in COMMON and forms(word.lower())[-1] not in known.stems]
    meant = {word: nearest(word.lower(), known.counts) for word in unknown[:MOST_WORDS]}
    return {word: near for word, near in meant.items() if near}


def corrected_han(words: str) -> dict[str, str]:
    """Return runs of Chinese that are in no title, as they are written, with the likeliest one that is near.

    One character more often makes another word than a letter does: what has most of them is looked for before.
    """
    known = _known()
    meant = {run: nearest_han(fold(run), known.han) for run in list(dict.fromkeys(_HAN.findall(words)))[:MOST_WORDS]}
    return {run: near for run, near in meant.items() if near}


def replaced(text: str, meant: Mapping[str, str]) -> str:
    """Return a text with the words that are meant instead of those that are written."""
    for pattern in (_WRITTEN, _HAN):
        text = pattern.sub(lambda word: meant.get(word[0], word[0]), text)
    return text


def nearest_han(run: str, known: str) -> str:
    """Return the commonest characters of titles that differ from these in one place; empty if these are there too."""
    if run in known or len(fold(run)) != len(run):
        return ""
    ways = (f"{re.escape(run[:at])}[^\n{re.escape(run[at])}]{re.escape(run[at + 1 :])}" for at in range(len(run)))
    found = Counter(match for way in ways for match in re.findall(way, known))
    return min(found, key=lambda each: (-found[each], each), default="")


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


NOTHING = Known({}, frozenset(), "")
_loaded: tuple[float, Known] = (0.0, NOTHING)
"""What this process knows, and when it was counted."""


def register() -> None:
    housekeeping.register("words of searches", renew)


def renew() -> int:
    """Count the words anew if that was an hour ago and no other worker does, and return whether they were counted."""
    if cache.get(COUNTED_AT, 0.0) > time() - EVERY_SECONDS or not cache.add(COUNTING, 1, COUNTING_SECONDS):
        return 0
    cache.set(WORDS, _counted(), KEPT_SECONDS)
    cache.set(COUNTED_AT, time(), KEPT_SECONDS)
    cache.delete(COUNTING)
    return 1


def _known() -> Known:
    """Return the words, which are only read from the cache if they were counted since they were read last."""
    global _loaded
    counted_at = cache.get(COUNTED_AT, 0.0)
    if counted_at != _loaded[0]:
        _loaded = (counted_at, cache.get(WORDS, NOTHING))
    return _loaded[1]


def _counted() -> Known:
    """Count the words that every visitor sees: all of titles and names, and of texts those that several have."""
    titled: Counter[str] = Counter()
    written: Counter[str] = Counter()
    han: list[str] = []
    for source in sources().values():
        visible = source.visible(AnonymousUser()).order_by("-pk").values_list("pk", flat=True)[: 4 * TITLES]
        documents = Document.objects.filter(kind=source.kind, object_id__in=list(visible)).order_by("-pk")
        for title in documents.exclude(title="").values_list("title", flat=True)[:TITLES]:
            folded = fold(title)
            titled.update(set(_WORD.findall(folded)))
            han += _RUN.findall(folded)
        beginnings = documents.annotate(beginning=Substr("body", 1, BEGINNING)).values_list("beginning", flat=True)
        for text in beginnings[:TEXTS]:
            written.update(set(_WORD.findall(text.lower())))
    counts = titled + Counter({word: count for word, count in written.items() if count >= FEWEST_TEXTS})
    return Known(dict(counts), frozenset(forms(word)[-1] for word in counts), "\n".join(han))
