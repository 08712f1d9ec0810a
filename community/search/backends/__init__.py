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
    """What a document must have: every word, none of `without`, and of each group of facts at least one.

    The last word also stands for longer ones that it begins (see `tokens.is_prefix`).
    """

    words: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    without_facts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether it can be looked for: nothing is found by what it does not have."""
        return bool(self.words or self.facts)

    @property
    def is_open(self) -> bool:
        return bool(self.words) and len(self.words[-1][0]) == 1 and is_prefix(self.words[-1][0][0])


def backend() -> ModuleType:
    """Return the backend module.

    It has `write(entries)`, `delete(ids)`, `words()`, `indexed(pks)`, `listed(keys)`, `settle()`, which is called after
    many writes, `newest(wanted, most, before=ANY, in_titles=False)`: the newest `most` documents before an id that have
    what is wanted, the words in their title or anywhere, newest first, `newest_named(wanted, most, in_titles=False)`:
    those of NAMED_KINDS, and `among(wanted, pks)`: those of these documents, whose keys are in order.
    """
    from community.search.backends import postgres, sqlite_fts

    return postgres if connection.vendor == "postgresql" else sqlite_fts
