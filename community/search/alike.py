"""Documents about the same as a few words say: unlike in a search, not all of the words must be there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from community.search.backends import Wanted, backend
from community.search.facts import fact
from community.search.models import Document
from community.search.operators import KIND
from community.search.tokens import ASKING, Term, index_tokens, is_of_han, query_terms, without_asking, without_common

LONGEST = 200
MOST_WORDS = 10
NEWEST = 120
NUMBER = re.compile(r"(?<![A-Za-z\d_.])\d+\.\d+(?!\.?\d)")
BESIDE = 0.3  # of a text's words: what one of its formulas or its config counts for


class Alike(NamedTuple):
    """A document, and how much of the words it has: 1 if all are in its title, and more if it has something beside."""

    share: float
    object_id: int


def alike(text: str, kinds: Sequence[str], most: int, *, least: float, beside: Term = ()) -> list[Alike]:
    """Return the documents of one of these kinds that have at least the share `least` of a text's words, best first.

    They may be invisible. Two of the words must be in a document's title, or all but one anywhere in it. A single word
    says too little, unless it is a pair of Han characters in a title, or the document has one of what is `beside` the
    words, such as a formula or all names of a config. Newer documents with less of this never hide those with more; of
    many with as much, the newest are looked at.
    """
    terms = _words_of(text)
    fewest = 1 if len(terms) == 1 and is_of_han(terms[0]) else 2
    if len(terms) < (1 if beside else fewest):
        return []
    facts = (tuple(fact(KIND, kind) for kind in kinds),)
    wanted = Wanted(some=tuple((_shortest(term),) for term in terms), facts=facts)
    nearly_all = max(len(terms) - 1, min(len(terms), 2))
    titled = _found(wanted, range(fewest, len(terms) + 1), in_titles=True)
    whole = _found(wanted, [nearly_all]) if len(terms) > 1 else set()
    with_it = _found(replace(wanted, words=(beside,)), sorted({1, nearly_all})) if beside else set()
    keys = backend().listed(titled | whole | with_it)
    found = Document.objects.filter(pk__in=keys).values_list("pk", "object_id", "title")
    shares = [
        (_share(terms, title, has_others=pk in whole) + BESIDE * (pk in with_it), pk, key) for pk, key, title in found
    ]
    best = sorted((row for row in shares if row[0] >= least), reverse=True)[:most]
    return [Alike(share, key) for share, _pk, key in best]


def _found(wanted: Wanted, sizes: Iterable[int], *, in_titles: bool = False) -> set[int]:
    """Return the documents that have so many of some words: if there are many, the newest, and those with more of them.

    So a few words that many titles have cost more questions, and others one.
    """
    found: set[int] = set()
    for size in sizes:
        newest = backend().having(replace(wanted, least=size), NEWEST, in_titles=in_titles)
        found |= {each.pk for each in newest}
        if len(newest) < NEWEST:
            break
    return found


def _words_of(text: str) -> list[Term]:
    """Return the words that say what a text is about; the one that is being typed is one of them.

    A number such as 0.25 is one word, although it is indexed as two: half of it says nothing, and it counts once.
    """
    text = without_asking(text[:LONGEST])
    numbers = [(tuple(term[0][0] for term in query_terms(number)),) for number in dict.fromkeys(NUMBER.findall(text))]
    terms = [*without_common(query_terms(NUMBER.sub(" ", text))), *numbers]
    return [term for term in terms if term[0][0] not in ASKING][:MOST_WORDS] or terms[:MOST_WORDS]


def _shortest(term: Term) -> tuple[str, ...]:
    """Return the form of a word that stands for all its forms."""
    return term[-1]


def _share(terms: Sequence[Term], title: str, *, has_others: bool) -> float:
    """Return the share of the words in a title; if the text has the others, these count for half, but for one."""
    tokens = set(index_tokens(title))
    in_title = sum(_has(tokens, term) for term in terms)
    others = max(len(terms) - 1 - in_title, 0) if has_others else 0
    return (in_title + others / 2) / len(terms)


def _has(tokens: set[str], term: Term) -> bool:
    return any(tokens.issuperset(form) for form in term)
