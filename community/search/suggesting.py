"""What the box for a search offers while somebody types: threads, tags, people and runs whose names have these words.

Which documents these are is kept for a minute, as keys; what they are called, and whether they may be named, is looked
up each time. Everybody is offered what visitors see: others may look on while somebody types, or see a shared screen.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache

from community.mutes.selectors import hidden_among, meets_everybody
from community.search import selectors
from community.search.backends import NAMED_KINDS, Match, Wanted, backend
from community.search.registry import Hit, finders, sources
from community.search.selectors import Search
from community.search.tokens import is_prefix

LONGEST = 100
TITLED = 200  # the newest, the best of which are offered
NAMED = 24
CANDIDATES = 24  # of a kind, some of which may not be named
TEXTS, OTHERS = 4, 2
"""How many of a kind are offered: of texts by their titles, and of everything else."""
KEPT_SECONDS = 60
_VISITOR = AnonymousUser()


def suggested(typed: str, user: Any) -> list[Hit]:
    """Return what is offered: the best texts, then the best of each other kind.

    Nothing once operators or quotes narrow the search, for a name says too little of what these ask.
    """
    search = selectors.read(typed[:LONGEST].strip(), _VISITOR, of_everybody=True)
    query = search.query
    if not query.words or query.operators or query.phrases or query.without:
        return []
    spare = 1 if meets_everybody(user) else 2
    found = [*_indexed(search, spare), *_found_elsewhere(search, spare)]
    away = hidden_among(user, {person for _most, hits in found for hit in hits for person in _behind(hit)})
    return [hit for most, hits in found for hit in islice((each for each in hits if not _behind(each) & away), most)]


def _behind(hit: Hit) -> set[int]:
    """Return who wrote it or put it on lists."""
    return {pk for pk in (hit.owner, hit.author and hit.author.pk) if pk is not None}


def _indexed(search: Search, spare: int) -> Iterator[tuple[int, list[Hit]]]:
    """Yield how many of each kind are offered, and so many, or `spare` times as many, that visitors see."""
    known, kept = sources(), _kept(search)
    for kind in [*(kept.keys() - {*NAMED_KINDS}), *(kind for kind in reversed(NAMED_KINDS) if kind in kept)]:
        source, most = known[kind], OTHERS if kind in NAMED_KINDS else TEXTS
        rows = source.visible(_VISITOR).filter(pk__in=backend().listed(kept[kind]))
        seen = set(rows.values_list("pk", flat=True))
        best = [key for key in kept[kind] if key in seen][: most * spare]
        hits = source.resolve(best, _VISITOR) if best else {}
        yield most, [hits[key] for key in best if key in hits]


def _found_elsewhere(search: Search, spare: int) -> Iterator[tuple[int, list[Hit]]]:
    for finder in finders().values():
        keys = finder.find(search, _VISITOR, OTHERS * spare, None)
        hits = finder.resolve(keys, _VISITOR) if keys else {}
        yield OTHERS, [hits[key] for key in keys if key in hits]


def _kept(search: Search) -> dict[str, list[int]]:
    name = hashlib.sha256(search.query.words.encode(errors="replace")).hexdigest()
    return cache.get_or_set(f"suggested:{name}", lambda: _looked_up(search.wanted), KEPT_SECONDS) or {}


def _with_words(wanted: Wanted) -> set[Match]:
    """Return the documents that visitors see: what is hidden decides nothing, not even by the place that it takes."""
    if not wanted.words:
        return set()
    listed = {
        *backend().newest(wanted, TITLED, in_titles=True),
        *backend().newest_named(wanted, NAMED, in_titles=True),
    }
    seen: set[tuple[str, int]] = set()
    for kind, source in sources().items():
        if keys := {match.object_id for match in listed if match.kind == kind}:
            rows = source.visible(_VISITOR).filter(pk__in=backend().listed(keys))
            seen |= {(kind, pk) for pk in rows.values_list("pk", flat=True)}
    return {match for match in listed if (match.kind, match.object_id) in seen}


def _is_barely_begun(wanted: Wanted) -> bool:
    """Return whether the last word is a letter or two, which begin too many to look for."""
    tokens = wanted.words[-1][0] if wanted.words else ()
    return len(tokens) == 1 and tokens[0].isascii() and not is_prefix(tokens[0])


def _looked_up(wanted: Wanted) -> dict[str, list[int]]:
    """Return the keys of the documents with these words in their names, best first, by kind."""
    listed = _with_words(wanted)
    if not listed and _is_barely_begun(wanted):
        listed = _with_words(replace(wanted, words=wanted.words[:-1]))
    found: dict[str, list[int]] = defaultdict(list)
    for match in sorted(listed, key=lambda match: (match.rank, -match.pk)):
        if match.object_id not in found[match.kind]:
            found[match.kind].append(match.object_id)
    return {kind: keys[:CANDIDATES] for kind, keys in found.items()}
