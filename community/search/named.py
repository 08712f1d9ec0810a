"""Those of few, such as people and tags, whose name has words that somebody is typing."""

from __future__ import annotations

from community.search.backends import Wanted, backend
from community.search.facts import fact
from community.search.operators import KIND
from community.search.tokens import query_terms

MOST_WORDS = 4


def named(kind: str, typed: str, most: int) -> list[int]:
    """Return keys of the newest of a kind whose name has these words, the last perhaps begun; some may be invisible."""
    words = tuple(query_terms(typed))[:MOST_WORDS]
    if not words:
        return []
    wanted = Wanted(words=words, facts=((fact(KIND, kind),),))
    return [match.object_id for match in backend().newest(wanted, most, in_titles=True)]
