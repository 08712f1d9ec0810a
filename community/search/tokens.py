"""Tokenisation, identical for indexing and queries.

Letters are folded (NFKC, case, accents), so full width equals half width and `Café` equals `cafe`. Han and kana have no
spaces: a run of them gives every character and every bigram, so that a single character matches too and two or more
match in sequence. Django-free.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from community.rendering.chars import HAN_AND_KANA

RUN = re.compile(rf"[{HAN_AND_KANA}]+|[^\W_{HAN_AND_KANA}]+")
_IS_UNSPACED = re.compile(f"[{HAN_AND_KANA}]")
LONGEST = 64


def fold(text: str) -> str:
    """Fold case, width and accents."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if unicodedata.category(c) != "Mn"))


def index_tokens(text: str) -> list[str]:
    """Return every token of a text, in order, repeats kept (they count for rank)."""
    return [token for run in RUN.findall(fold(text)) for token in _tokens_of(run)]


def query_tokens(text: str) -> list[str]:
    """Return the tokens a text must have. A run of Han gives its bigrams, a lone character itself."""
    wanted: dict[str, None] = {}
    for run in RUN.findall(fold(text)):
        for token in _wanted_of(run):
            wanted.setdefault(token)
    return list(wanted)


def _pairs(run: str) -> Iterator[str]:
    return (run[i : i + 2] for i in range(len(run) - 1))


def _tokens_of(run: str) -> list[str]:
    if not _IS_UNSPACED.match(run):
        return [run[:LONGEST]]
    return [*run, *_pairs(run)]


def _wanted_of(run: str) -> list[str]:
    if not _IS_UNSPACED.match(run) or len(run) == 1:
        return [run[:LONGEST]]
    return list(_pairs(run))
