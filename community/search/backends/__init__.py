"""The two full-text indexes. Each has the same functions; the database vendor selects one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import NamedTuple

from django.db import connection

from community.search.facts import fact
from community.search.tokens import Term, is_prefix

ANY = 2**63 - 1  # above every id
NAMED_KINDS = ("person", "tag")  # kinds of few documents, which are looked for by name
NAMED_FACTS = tuple(fact("kind", kind) for kind in NAMED_KINDS)


class Entry(NamedTuple):
    """A document's id, the tokens of its title and of its body, and its facts with the tokens of its formulas."""

    pk: int
    title: Sequence[str]
    body: Sequence[str]
    facts: Sequence[str] = ()


class Match(NamedTuple):
    """A document that has what is wanted. A lower `rank` is better."""

    rank: int
    pk: int
    kind: str
    object_id: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a document must have: every word, `least` of `some`, none of `without`, of each group of facts at least one.

    The last word also stands for longer ones that it begins (see `tokens.is_prefix`).
    """

    words: tuple[Term, ...] = ()
    some: tuple[Term, ...] = ()
    least: int = 0
    without: tuple[Term, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    without_facts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether it can be looked for: nothing is found by what it does not have."""
        return bool(self.words or self.some or self.facts)

    @property
    def is_open(self) -> bool:
        return bool(self.words) and len(self.words[-1][0]) == 1 and is_prefix(self.words[-1][0][0])


def with_some(words: Sequence[str], least: int, *, both: str, either: str) -> str:
    """Return the query for so many of these words, with signs for *and* and *or*.

    It is put together from halves: for two of ten words that is 34 words long, as a list of all pairs 90. A database
    reads all documents of each.
    """
    if least in (1, len(words)):
        return f"({f' {either if least == 1 else both} '.join(words)})"
    half = len(words) // 2
    parts = [(words[:half], count, words[half:], least - count) for count in range(least + 1)]
    ways = [
        f" {both} ".join(
            with_some(each, count, both=both, either=either) for each, count in ((one, n), (other, m)) if count
        )
        for one, n, other, m in parts
        if n <= len(one) and m <= len(other)
    ]
    return f"({f' {either} '.join(f'({way})' for way in ways)})"


def backend() -> ModuleType:
    """Return the backend module.

    It has `write(entries)`, `delete(ids)`, `words()`, `indexed(pks)`, `listed(keys)`, `settle()`, which is called after
    many writes, `newest(wanted, most, before=ANY, in_titles=False, is_ranked=True)`: the newest `most` documents before
    an id that have what is wanted, the words in their title or anywhere, newest first, `newest_named(wanted, most,
    in_titles=False)`: those of NAMED_KINDS, `having(wanted, most, in_titles=False)`: the same as `newest` for whole
    words, without ranks, and `among(wanted, pks)`: those of these documents, with keys in order.
    """
    from community.search.backends import postgres, sqlite_fts

    return postgres if connection.vendor == "postgresql" else sqlite_fts
