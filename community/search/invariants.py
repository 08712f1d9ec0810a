"""Invariants of the index: it matches the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from community.common import invariants
from community.common.walk import batches
from community.search.backends import backend
from community.search.models import Document
from community.search.registry import Source, sources
from community.search.services import LONGEST_BODY, LONGEST_TITLE, facts_of


def register() -> None:
    invariants.register("search agrees with the database", _disagreements)


def _disagreements() -> Iterator[str | None]:
    """Read rows, documents and words in batches, while the site runs.

    What differs is looked at again, since it may just have been edited; and of two things that are deleted together the
    one that must not be alone is read last.
    """
    for source in sources().values():
        for keys in batches(source.rows()):
            yield from _differing(source, _differing(source, keys).keys()).values()
            yield None
        for pks in batches(Document.objects.filter(kind=source.kind)):
            yield from _rowless(source, pks)
            yield None
    for pks in batches(Document.objects.all()):
        worded = backend().indexed(pks)
        yield from _lone(_there(pks) - worded)
        yield None
    for pks in batches(backend().words()):
        there = _there(pks)
        yield from _lone(backend().indexed(pks) - there)
        yield None


def _differing(source: Source, keys: Collection[int]) -> dict[int, str]:
    """Return what is wrong with the documents of these rows, by row."""
    kept = {pk: rest for pk, *rest in _documents(source, keys)} if keys else {}
    wrong: dict[int, str] = {}
    for text in map(source.text, source.rows().filter(pk__in=list(keys))):
        title, body, facts = kept.get(text.object_id, (None, None, ""))
        if title is None:
            wrong[text.object_id] = f"{source.kind} {text.object_id} is not in the index"
        elif (title, body) != (text.title[:LONGEST_TITLE], text.body[:LONGEST_BODY]):
            wrong[text.object_id] = f"{source.kind} {text.object_id} is in the index with another text"
        elif facts and facts != " ".join(facts_of(source.kind, text)):
            wrong[text.object_id] = f"{source.kind} {text.object_id} is in the index with other facts"
    return wrong


def _documents(source: Source, keys: Collection[int]) -> Iterator[tuple]:
    rows = Document.objects.filter(kind=source.kind, object_id__in=list(keys))
    return iter(rows.values_list("object_id", "title", "body", "facts"))


def _rowless(source: Source, pks: list[int]) -> Iterator[str]:
    indexed = set(Document.objects.filter(pk__in=pks).values_list("object_id", flat=True))
    gone = indexed.difference(source.rows().filter(pk__in=indexed).values_list("pk", flat=True))
    return (f"{source.kind} {pk} is in the index and nowhere else" for pk in sorted(gone))


def _there(pks: list[int]) -> set[int]:
    return set(Document.objects.filter(pk__in=pks).values_list("pk", flat=True))


def _lone(pks: set[int]) -> Iterator[str]:
    return (f"document {pk} and its words are not both there" for pk in sorted(pks))
