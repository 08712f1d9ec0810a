from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.db import transaction

from community.common.walk import batches
from community.search import formulas, pinyin
from community.search.backends import Entry, backend
from community.search.facts import fact
from community.search.models import Document
from community.search.operators import KIND
from community.search.registry import Source, Text, sources
from community.search.tokens import fold, index_tokens

LONGEST_TITLE = 300
LONGEST_BODY = 100_000


@transaction.atomic(savepoint=False)
def index(*, kind: str, text: Text) -> None:
    """Add or update a document in the index, in the transaction that writes it, so that the index is never stale."""
    _write(kind, [text])


@transaction.atomic(savepoint=False)
def index_all(*, kind: str, texts: Iterable[Text]) -> None:
    """Add or update documents in the index, in the transaction that writes their rows."""
    _write(kind, texts)


@transaction.atomic
def remove(*, kind: str, object_ids: Iterable[int]) -> None:
    """Remove documents from the index, in the transaction that deletes their rows, after it has locked them."""
    documents = Document.objects.filter(kind=kind, object_id__in=list(object_ids))
    backend().delete(documents.values_list("pk", flat=True))
    documents.delete()


def searchable() -> int:
    """Return the number of rows that a rebuild reads."""
    return sum(source.rows().count() for source in sources().values())


def rebuild(report: Callable[[int], None] = lambda done: None) -> int:
    """Make the whole index anew while the site runs, in batches. Returns the number of documents.

    `report` is told the number of rows done so far. What was interrupted is started again.
    """
    written = 0
    for source in sources().values():
        for keys in batches(source.rows()):
            written += _write_rows(source, keys)
            report(written)
        for pks in batches(Document.objects.filter(kind=source.kind)):
            _remove_orphans(source, pks)
    backend().settle()
    return written


@transaction.atomic
def _write_rows(source: Source, keys: Sequence[int]) -> int:
    """Index the rows as they are. They are locked first and read afterwards, so that no edit is overwritten."""
    rows = source.rows().filter(pk__in=keys).order_by("pk")
    locked = list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    _write(source.kind, [source.text(row) for row in rows.filter(pk__in=locked)])
    return len(locked)


@transaction.atomic
def _remove_orphans(source: Source, pks: Sequence[int]) -> None:
    """Remove documents without a row. The documents are read first: a row is committed together with its document."""
    indexed = set(Document.objects.filter(pk__in=pks).values_list("object_id", flat=True))
    gone = indexed.difference(source.rows().filter(pk__in=indexed).values_list("pk", flat=True))
    if gone:
        remove(kind=source.kind, object_ids=gone)


def rewrite(*, kind: str, keys: Sequence[int]) -> None:
    """Index these rows as they are, of which something else than their text has changed."""
    _write_rows(sources()[kind], keys)


def _write(kind: str, texts: Iterable[Text]) -> None:
    found = list(texts)
    documents = [
        Document(
            kind=kind,
            object_id=text.object_id,
            title=text.title[:LONGEST_TITLE],
            body=text.body[:LONGEST_BODY],
            facts=" ".join(facts_of(kind, text)),
        )
        for text in found
    ]
    Document.objects.bulk_create(
        documents, update_conflicts=True, unique_fields=["kind", "object_id"], update_fields=["title", "body", "facts"]
    )
    backend().write([_entry(document, text) for document, text in zip(documents, found, strict=True)])


def _entry(document: Document, text: Text) -> Entry:
    tokens = [*index_tokens(document.body), *index_tokens(text.more[:LONGEST_BODY])]
    title = [*index_tokens(document.title), *pinyin.index_tokens(fold(document.title))]
    shapes = formulas.index_tokens(f"{document.title}\n\n{document.body}")
    return Entry(document.pk, title, tokens, (*facts_of(document.kind, text), *shapes))


def facts_of(kind: str, text: Text) -> tuple[str, ...]:
    """Return the facts of a document; a kind of its own, if it names none."""
    return text.facts or (fact(KIND, kind),)
