from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.utils.safestring import SafeString

from community.search.backends import backend
from community.search.excerpts import excerpt
from community.search.models import Document
from community.search.registry import Hit, sources
from community.search.tokens import query_tokens

MOST_TOKENS = 24


@dataclass(frozen=True, slots=True)
class Result:
    hit: Hit
    excerpt: SafeString


def matches(query: str, user: Any) -> QuerySet[Document]:
    """Return documents with every query token that are visible to this reader, best first (`rank`, then newest).

    Visibility is a condition of the same query, so counts and pages never reveal hidden documents.
    """
    tokens = query_tokens(query)[:MOST_TOKENS]
    if not tokens:
        return Document.objects.none().annotate(rank=Value(0))
    seen = Q(pk__in=[])
    for source in sources().values():
        seen |= Q(kind=source.kind, object_id__in=source.visible(user).values("pk"))
    return backend().matching(Document.objects.filter(seen), tokens).order_by("rank", "-pk")


def results(documents: Sequence[Document], query: str, user: Any) -> list[Result]:
    """Load what the page shows, one query per kind."""
    ids: dict[str, list[int]] = defaultdict(list)
    for document in documents:
        ids[document.kind].append(document.object_id)
    hits = {kind: sources()[kind].resolve(kind_ids, user) for kind, kind_ids in ids.items()}
    tokens = query_tokens(query)[:MOST_TOKENS]
    found = ((document, hits[document.kind].get(document.object_id)) for document in documents)
    return [Result(hit, excerpt(document.body, tokens, hit.draw)) for document, hit in found if hit is not None]
