"""Tokenisation, identical for indexing and queries.

Letters are folded (NFKC, case, accents, traditional characters), so full width equals half width, `Café` equals `cafe`
and 導數 equals 导数. A word of Latin letters is followed by its stem, a name in code by its parts, sizes such as
2-3-1 by a token of their own. Han and kana have no spaces: a run of them gives every character and every bigram, so
that a single character matches too and two or more match in sequence. Django-free.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain

from community.rendering.chars import HAN_AND_KANA
from community.search import pinyin
from community.search.simplified import simplified
from community.search.words import forms, parts

RUN = re.compile(rf"[{HAN_AND_KANA}]+|[^\W_{HAN_AND_KANA}]+")
_ASCII_WORD = re.compile("[a-z0-9]+")
_NAME = re.compile("[A-Za-z0-9]+")
_JOINED_NAME = re.compile("(?<![A-Za-z0-9_])[A-Za-z0-9]++(?:_[A-Za-z0-9]++)++")
_SHAPE = re.compile(r"(?<![\w-])\d{1,4}(?:[-\u2013]\d{1,4}){1,7}(?![\w-])")
_WHOLE = re.compile(f"{_SHAPE.pattern}|{_JOINED_NAME.pattern}")
_IS_UNSPACED = re.compile(f"[{HAN_AND_KANA}]")
LONGEST = 64
SHORTEST_PREFIX = 3

# Of the commonest words: a text need not have those that stand beside others.
COMMON = frozenset(
    "a an and are as at be but by can do does for from has have how i if in is it its many much my not of on or should "
    "that the their there this to too was we what when where which why with you your "
    "的 了 是 在 和 我 有 不 就 这 也 都 吗 呢 与 或".split()
)

_ASKING_HAN = "为什么 什么 怎么办 怎么样 怎么 怎样 如何 请问 为何 是否 可以".split()
ASKING = frozenset("why how what does cannot help problem question".split()) | {
    word[i : i + 2] for word in _ASKING_HAN for i in range(len(word) - 1)
}
_ASKED = re.compile("|".join(_ASKING_HAN))
FUNCTION = re.compile("[的了是在和我有不就这也都吗呢与或把上再要一个么什为怎请被让到来]")

type Term = tuple[tuple[str, ...], ...]
"""What a text must have for one word of a query: all tokens of at least one of these."""


def fold(text: str) -> str:
    """Fold case, width, accents and traditional characters."""
    return text.lower() if text.isascii() else simplified(_folded(text))


def _folded(text: str) -> str:
    """Fold case, width and accents."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    marks = [ord(char) for char in set(decomposed) if unicodedata.category(char) == "Mn"]
    return unicodedata.normalize("NFC", decomposed.translate(dict.fromkeys(marks)) if marks else decomposed)


def index_tokens(text: str) -> list[str]:
    """Return every token of a text, in order, repeats kept (they count for rank); those of names in code come last."""
    folded = fold(text)
    if folded.isascii():
        words: Iterator[tuple[str, ...]] = (_forms(run) for run in _ASCII_WORD.findall(folded))
    else:
        words = (_tokens_of(run) for run in RUN.findall(folded))
    return list(chain(chain.from_iterable(words), _of_names(text)))


def query_tokens(text: str) -> list[str]:
    """Return the words of a query, folded. A run of Han gives its bigrams, a lone character itself."""
    return list(dict.fromkeys(token for run in RUN.findall(fold(text)) for token in _wanted_of(run)))


def query_terms(text: str) -> list[Term]:
    """Return what a text must have, for each word of a query.

    The first alternative is the word as it is written: what was indexed by an earlier release has no other. The last
    one stands for all its forms.
    """
    normal = unicodedata.normalize("NFKC", text)
    terms: dict[Term, None] = {}
    free = 0
    for found in _WHOLE.finditer(normal):
        terms |= _terms_in(normal[free : found.start()])
        terms[_whole(found[0])] = None
        free = found.end()
    return list(terms | _terms_in(normal[free:]))


def _whole(name: str) -> Term:
    """Return what is wanted for sizes, or for a name joined by underscores: its parts, or the token of the whole."""
    parts = [term for run in RUN.findall(name) for term in _terms_of(run)]
    words = [[form[0] for form in term if len(form) == 1] for term in parts]
    written, stems = (tuple(forms[end] for forms in words) for end in (0, -1))
    whole = shape(name) if name[0].isdigit() and _SHAPE.fullmatch(name) else name.replace("_", "").lower()[:LONGEST]
    return tuple(dict.fromkeys((written, stems, (whole,))))


def shape(sizes: str) -> str:
    """Return the token of numbers joined by hyphens, such as the sizes of a network: that of `2-3-1` is `2x3x1`."""
    return re.sub(r"\D", "x", sizes)


def _terms_in(text: str) -> dict[Term, None]:
    return dict.fromkeys(term for run in RUN.findall(text) for term in _terms_of(run))


def is_common(text: str) -> bool:
    """Return whether a text has no word that says what it is about, but some that are in nearly every text."""
    tokens = query_tokens(text)
    return bool(tokens) and COMMON.issuperset(tokens)


def without_common(terms: Iterable[Term]) -> list[Term]:
    """Leave out the commonest words, unless there are no others."""
    found = list(terms)
    return [term for term in found if term[0][0] not in COMMON] or found


def telling(terms: Iterable[Term]) -> list[Term]:
    """Leave out words that ask, and pairs of Han of which one is a particle."""
    return [term for term in terms if term[0][0] not in ASKING and not FUNCTION.search(term[0][0])]


def without_asking(text: str) -> str:
    """Return a simplified question without Han that only asks: its pairs with what is beside it would say nothing."""
    return _ASKED.sub(" ", simplified(text))


def is_of_han(term: Term) -> bool:
    """Return whether a word is a pair of Han characters, which says about as much as a Latin word and another."""
    return len(term[0][0]) > 1 and bool(_IS_UNSPACED.match(term[0][0]))


def is_prefix(token: str) -> bool:
    """Return whether the last word of a query also stands for longer ones.

    A Latin letter or two begin a good part of all words, and every character and pair of Han is a token anyway.
    """
    return len(token) >= SHORTEST_PREFIX or not (token.isascii() or _IS_UNSPACED.match(token))


def _forms(word: str) -> tuple[str, ...]:
    return forms(word) if len(word) <= LONGEST else (word[:LONGEST],)


def _of_names(text: str) -> Iterator[str]:
    """Yield the tokens of the parts of `BatchNorm1d`, and `batchnorm` of `batch_norm`."""
    for name in _NAME.findall(text):
        for part in parts(name):
            yield from _forms(part)
    yield from map(shape, _SHAPE.findall(text))
    if "_" in text:
        for name in _JOINED_NAME.findall(text):
            yield name.replace("_", "").lower()[:LONGEST]


def _pairs(run: str) -> Iterator[str]:
    return (run[i : i + 2] for i in range(len(run) - 1))


def _tokens_of(run: str) -> tuple[str, ...]:
    if not _IS_UNSPACED.match(run):
        return _forms(run)
    return (*run, *_pairs(run))


def _wanted_of(run: str) -> list[str]:
    if not _IS_UNSPACED.match(run) or len(run) == 1:
        return [run[:LONGEST]]
    return list(_pairs(run))


def _terms_of(run: str) -> Iterator[Term]:
    """Yield what is wanted for a run as it is written."""
    typed = run.lower() if run.isascii() else _folded(run)
    if _IS_UNSPACED.match(run):
        for written, folded in zip(_wanted_of(typed), _wanted_of(simplified(typed)), strict=True):
            yield ((written,),) if written == folded else ((written,), (folded,))
        return
    of_code = tuple(part for part in parts(run) if not any(char.isdigit() for char in part))
    alternatives: list[tuple[str, ...]] = [(form,) for form in _forms(typed)]
    alternatives += [of_code] if len(of_code) > 1 else []
    read = pinyin.wanted(typed)
    yield (alternatives[0], *read, *(alternatives[1:] or alternatives)) if read else tuple(alternatives)
