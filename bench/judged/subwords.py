"""Chinese sub-words: is a text found by every two, three and four characters of it that stand together?"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

HAN = re.compile("[\u4e00-\u9fff]+")
LENGTHS = (2, 3, 4)


class Row(NamedTuple):
    """Of all sub-words of a length: how many, and the means of recall and precision.

    Recall is how many of the texts that have the sub-word are found, precision how many of those found have it.
    """

    length: int
    words: int
    recall: float
    precision: float


def subwords(text: str, length: int) -> list[str]:
    runs = HAN.findall(text)
    return list(dict.fromkeys(run[at : at + length] for run in runs for at in range(len(run) - length + 1)))


def measured(article: str, texts: dict[int, str], search: Callable[[str], set[int]]) -> list[Row]:
    """Search every sub-word of an article among texts by key; `search` returns keys."""
    return [_row(article, length, texts, search) for length in LENGTHS]


def _row(article: str, length: int, texts: dict[int, str], search: Callable[[str], set[int]]) -> Row:
    words = subwords(article, length)
    recall = precision = 0.0
    for word in words:
        have = {key for key, text in texts.items() if word in text}
        found = search(word)
        right = len(have & found)
        recall += right / len(have)
        precision += right / len(found) if found else 0.0
    return Row(length, len(words), recall / len(words), precision / len(words))
