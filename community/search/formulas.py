r"""Formulas as tokens of the index, so that `\frac{\partial C}{\partial v}` finds `\frac{\partial L}{\partial w}`.

A formula, and each part of it that can stand alone, gives two tokens: one as it is written and one with its variables
renamed in the order in which they appear. A query asks for the tokens of its whole formula. Django-free.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

from community.rendering import formulas
from community.search.facts import fact
from community.search.formula_trees import (
    ACCENTED,
    ENCLOSING,
    END,
    FACTOR,
    RELATION,
    SUM,
    VARIABLE,
    Item,
    Signs,
    signs_of,
    tree,
)

FEWEST = 3  # signs of a formula that is worth a token
LONGEST = 80  # signs of one
MOST_PARTS = 64  # of a formula
MOST = 400  # tokens of a text
MOST_READ = 20_000  # characters of its formulas
MOST_ASKED = 4  # formulas of a query
WIDEST = 3  # factors beside each other that can stand alone
_PREFIX = fact("f", "")
_MARKS = frozenset("_ ^ . / ( ) [ ] { }".split())
_LATEX = re.compile(r"[\\{}^∂∇∑∏∫√⊙≤≥≠≈⊤]|[α-ωΓ-Ω]")
_SIGN = re.compile(r"[=+\-*/<>|(),']+")
_BETWEEN = re.compile(rf"[A-Za-z]|\d+|[A-Za-z]_\w|{_SIGN.pattern}")


class Tokens(NamedTuple):
    """Of a formula: as it is written, with its variables renamed, and that without subscripts and accents."""

    exact: str
    renamed: str
    bare: str


class Formula(NamedTuple):
    """A formula of a query. `parts` are the renamed tokens of what it is made of, if it is made of several."""

    latex: str
    tokens: Tokens | None
    parts: tuple[str, ...]


def index_tokens(text: str) -> tuple[str, ...]:
    """Return the tokens of the formulas of a text and of their parts, those of the first ones if there are many."""
    if "$" not in text and "\\" not in text:
        return ()
    found: dict[str, None] = {}
    left = MOST_READ
    for span in formulas.spans(text):
        left -= len(span.latex)
        if len(found) > MOST or left < 0:
            break
        found.update(dict.fromkeys(token for each in parts_of(span.latex) for token in each))
    return tuple(found)[:MOST]


@lru_cache(maxsize=1_000)
def parts_of(latex: str) -> tuple[Tokens, ...]:
    """Return the tokens of a formula and of its parts, the whole one and the large ones first."""
    rows: list[list[Item]] = []
    tree(latex, rows.append)
    parts = dict.fromkeys(signs for row in reversed(rows) for signs in _parts(row))
    return tuple(_tokens(signs) for signs in [each for each in parts if _is_telling(each)][:MOST_PARTS])


def of_query(words: str) -> tuple[str, list[Formula]]:
    """Return the words of a query that are no formula, and its formulas, with dollars around them or without."""
    found: list[Formula] = []
    rest: list[str] = []
    free = 0
    for span in formulas.spans(words):
        rest += [*_split(words[free : span.start], found), *_added(span.latex, found)]
        free = span.end
    rest += _split(words[free:], found)
    return " ".join(rest), found


@lru_cache(maxsize=1_000)
def asked(latex: str) -> Formula:
    rows: list[list[Item]] = []
    signs = tree(latex, rows.append)
    parts = dict.fromkeys(each for each in _pieces(rows[-1]) if _is_telling(each)) if rows else {}
    tokens = _tokens(signs) if _is_telling(signs) else None
    return Formula(latex, tokens, tuple(_tokens(each).renamed for each in parts) if len(parts) > 1 else ())


def largest(text: str, fewest: int, most: int) -> list[str]:
    """Return the renamed tokens of the largest of a text's first formulas, of those with so many signs."""
    signs = dict.fromkeys(tree(span.latex) for span in islice(formulas.spans(text), MOST_PARTS))
    found = sorted((each for each in signs if _count(each) >= fewest and _is_telling(each)), key=_count, reverse=True)
    return [_tokens(each).renamed for each in found[:most]]


def is_token(token: str) -> bool:
    return token.startswith(_PREFIX)


def _split(text: str, found: list[Formula]) -> list[str]:
    """Return the words of a text without dollars, and add to `found` what is LaTeX: words with its signs."""
    words: list[str] = []
    latex: list[str] = []
    between: list[str] = []
    depth = 0
    for word in text.split():
        if depth > 0 or _LATEX.search(word):
            if not latex and not (between and _SIGN.fullmatch(between[-1])):
                words, between = [*words, *between], []
            latex, between = [*latex, *between, word], []
            depth += word.count("{") - word.count("}")
        elif _BETWEEN.fullmatch(word):
            between.append(word)
        else:
            words += [*_ended(latex, between, found), word]
            latex, between = [], []
    return words + _ended(latex, between, found)


def _ended(latex: list[str], between: list[str], found: list[Formula]) -> list[str]:
    """Add the LaTeX so far as a formula, with what is after its last sign; return what is none, as words."""
    if not latex:
        return between
    is_word = len(between) == 1 and between[0] in ("a", "A", "I")
    words = _added(" ".join(latex if is_word else [*latex, *between]), found)
    return words + (between if is_word else [])


def _added(latex: str, found: list[Formula]) -> list[str]:
    """Add a formula; return it as words if it is too small for one, or one too many."""
    formula = asked(latex)
    if formula.tokens is None or len(found) >= MOST_ASKED:
        return latex.split()
    found.append(formula)
    return []


def _parts(row: list[Item]) -> Iterator[Signs]:
    """Yield what can stand alone in a row: all, its sides, sums of two, terms, and factors beside each other."""
    yield signs_of(row)
    for side in _divided_at(RELATION, row):
        yield signs_of(side)
        terms = _divided_at(SUM, side)
        for term in terms:
            yield signs_of(term)
        yield from _neighbours(side, SUM)
        for term in terms:
            yield from _factors(term)


def _pieces(row: list[Item]) -> list[Signs]:
    """Return the largest parts of a row that are not all of it."""
    for kind in (RELATION, SUM):
        pieces = _divided_at(kind, row)
        if len(pieces) > 1:
            return [signs_of(piece) for piece in pieces]
    places = [place for place, item in enumerate(row) if item.kind == FACTOR]
    return [signs_of(row[a : b + 1]) for a, b in zip(places, places[WIDEST - 1 :], strict=False)]


def _divided_at(kind: str, row: Sequence[Item]) -> list[list[Item]]:
    pieces: list[list[Item]] = [[]]
    for item in row:
        if item.kind == kind:
            pieces.append([])
        else:
            pieces[-1].append(item)
    return [piece for piece in pieces if piece]


def _neighbours(side: list[Item], kind: str) -> Iterator[Signs]:
    """Yield what is on both sides of each sign of a kind, up to the next one."""
    places = [-1, *(place for place, item in enumerate(side) if item.kind == kind), len(side)]
    for (before, _here), (_same, after) in pairwise(pairwise(places)):
        yield signs_of(side[before + 1 : after])


def _factors(term: list[Item]) -> Iterator[Signs]:
    places = [place for place, item in enumerate(term) if item.kind == FACTOR]
    yield from (term[place].signs for place in places if term[place].is_whole)
    for width in range(2, WIDEST + 1):
        yield from (signs_of(term[a : b + 1]) for a, b in zip(places, places[width - 1 :], strict=False))


def _is_telling(signs: Signs) -> bool:
    """Return whether signs are worth a token: some, not too many, and not variables alone."""
    if _count(signs) < FEWEST or len(signs) > LONGEST:
        return False
    return any(sign[0] != VARIABLE and sign not in _MARKS for sign in signs)


def _count(signs: Iterable[str]) -> int:
    return sum(1 for sign in signs if sign not in _MARKS)


def _tokens(signs: Signs) -> Tokens:
    bare = _bare(signs)
    renamed = _token("~", _renamed(signs))
    return Tokens(_token("=", signs), renamed, _token("~", _renamed(bare)) if _is_telling(bare) else renamed)


def _renamed(signs: Signs) -> list[str]:
    names: dict[str, str] = {}
    return [names.setdefault(sign, VARIABLE + str(len(names))) if sign[0] == VARIABLE else sign for sign in signs]


def _bare(signs: Signs) -> Signs:
    """Leave out subscripts and accents."""
    found: list[str] = []
    around = [""]  # what begins each structure that a sign is in
    for sign in signs:
        is_hidden = "_" in around
        if sign in ENCLOSING:
            around.append(sign)
        is_mark = sign in ACCENTED or (sign == END and around[-1] in ACCENTED)
        if not (is_hidden or is_mark or sign == "_"):
            found.append(sign)
        if sign == END and len(around) > 1:
            around.pop()
    return tuple(found)


def _token(mark: str, signs: Sequence[str]) -> str:
    digest = hashlib.blake2b(f"{mark}{' '.join(signs)}".encode(errors="replace"), digest_size=5).digest()
    return _PREFIX + b32encode(digest).decode().casefold()
