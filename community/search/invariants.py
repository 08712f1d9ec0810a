"""Invariants of the index: it matches the database."""

from __future__ import annotations

from collections.abc import Iterator

from community.common import invariants
from community.search.backends import backend
from community.search.models import Document
from community.search.registry import Source, sources
from community.search.services import LONGEST_BODY, LONGEST_TITLE

CHUNK = 500


def register() -> None:
    invariants.register("search agrees with the database", _disagreements)


def _disagreements() -> Iterator[str]:
    for source in sources().values():
        yield from _of_source(source)
    wordless = set(Document.objects.values_list("pk", flat=True)) ^ backend().indexed()
    yield from (f"document {pk} and its words are not both there" for pk in sorted(wordless))


def _of_source(source: Source) -> Iterator[str]:
    rows = Document.objects.filter(kind=source.kind).values_list("object_id", "title", "body")
    kept = {pk: hash((title, body)) for pk, title, body in rows.iterator(chunk_size=CHUNK)}
    for text in source.texts():
        found = kept.pop(text.object_id, None)
        if found is None:
            yield f"{source.kind} {text.object_id} is not in the index"
        elif found != hash((text.title[:LONGEST_TITLE], text.body[:LONGEST_BODY])):
            yield f"{source.kind} {text.object_id} is in the index with another text"
    yield from (f"{source.kind} {pk} is in the index and nowhere else" for pk in kept)
