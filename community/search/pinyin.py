"""Titles and names of Han as they are read, so that `fanxiangchuanbo` finds 反向传播. Django-free.

Readings are those of the pypinyin project, without tones. Its data are read as a file: the package itself, which also
reads whole phrases, takes 54 MB of each process.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import islice, pairwise, product
from pathlib import Path

import structlog

from community.search.facts import fact

FIRST, LAST = 0x4E00, 0x9FFF
READINGS = 2  # of a character that has several
MOST = 80  # tokens of a title
SHORTEST, LONGEST = 4, 40  # letters of a word that may be two syllables or more
LONGEST_SYLLABLE = 6
WAYS = 4  # to divide a word into syllables
_HAN = re.compile(f"[{chr(FIRST)}-{chr(LAST)}]{{2,}}")
_LATIN = re.compile("[a-z]+")
_SYLLABLE = re.compile("[a-z]*[aeiouv][a-z]*")
_TONE = re.compile("[\u0300-\u036f]")

logger = structlog.get_logger(__name__)


def index_tokens(title: str) -> list[str]:
    """Return a token for every two neighbouring characters of a folded title, by each of their readings."""
    return list(dict.fromkeys(islice(_pairs_of(title), MOST)))


@lru_cache(maxsize=1_000)
def wanted(word: str) -> tuple[tuple[str, ...], ...]:
    """Return the tokens that a title has if it is read like a word, for each way to divide that into syllables."""
    if not (SHORTEST <= len(word) <= LONGEST and word.isascii() and _LATIN.fullmatch(word)):
        return ()
    divided = (way for way in islice(_ways(word), WAYS) if len(way) > 1)
    return tuple(dict.fromkeys(tuple(dict.fromkeys(_token(a + b) for a, b in pairwise(way))) for way in divided))


def _pairs_of(title: str) -> Iterator[str]:
    if title.isascii():
        return
    for run in _HAN.findall(title):
        for one, other in pairwise(_readings().get(char, ()) for char in run):
            yield from (_token(a + b) for a, b in product(one, other))


def _token(syllables: str) -> str:
    return fact("y", syllables)


def _ways(word: str) -> Iterator[tuple[str, ...]]:
    """Yield the ways to divide a word into syllables, long ones first. What cannot end well is tried once."""
    syllables = _syllables()
    ends = [False] * len(word) + [True]
    for at in range(len(word) - 1, -1, -1):
        ends[at] = any(ends[at + n] and word[at : at + n] in syllables for n in _lengths(word, at))

    def divided(at: int) -> Iterator[tuple[str, ...]]:
        if at == len(word):
            yield ()
        for n in reversed(_lengths(word, at)):
            if ends[at + n] and word[at : at + n] in syllables:
                yield from ((word[at : at + n], *rest) for rest in divided(at + n))

    return divided(0)


def _lengths(word: str, at: int) -> range:
    return range(1, min(LONGEST_SYLLABLE, len(word) - at) + 1)


@cache
def _syllables() -> frozenset[str]:
    return frozenset(each for readings in _readings().values() for each in readings)


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    """Return the readings of characters; none if pypinyin has other data than expected, so that people can write."""
    try:
        return dict(_read(_file().read_text(encoding="utf-8")))
    except (OSError, ValueError, AttributeError):
        logger.exception("no readings of Han: pypinyin has other data than expected")
        return {}


def _file() -> Path:
    package = find_spec("pypinyin")
    if package is None or package.origin is None:
        raise FileNotFoundError("pypinyin")
    return Path(package.origin).with_name("pinyin_dict.json")


def _read(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield characters and their readings; all tones are left out at once, since one by one takes twice the time."""
    plain = _TONE.sub("", unicodedata.normalize("NFD", text).replace("u\u0308", "v"))
    known: dict[str, tuple[str, ...]] = {}
    for code, readings in json.loads(plain).items():
        if FIRST <= int(code) <= LAST:
            if readings not in known:
                known[readings] = _syllables_of(readings)
            yield chr(int(code)), known[readings]


def _syllables_of(readings: str) -> tuple[str, ...]:
    found = (sys.intern(each) for each in readings.split(",") if _SYLLABLE.fullmatch(each))
    return tuple(dict.fromkeys(found))[:READINGS]
