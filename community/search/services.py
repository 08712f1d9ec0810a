from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from community.search.backends import backend
from community.search.models import Document
from community.search.registry import sources
from community.search.tokens import index_tokens

LONGEST_TITLE = 300
LONGEST_BODY = 100_000


@transaction.atomic
def index(*, kind: str, object_id: int, title: str, body: str) -> None:
    """Add or update a document in the index, in the transaction that writes it, so that the index is never stale."""
    fields = {"title": title[:LONGEST_TITLE], "body": body[:LONGEST_BODY]}
    document, _ = Document.objects.update_or_create(kind=kind, object_id=object_id, defaults=fields)
    backend().write(document.pk, index_tokens(document.title), index_tokens(document.body))


@transaction.atomic
def remove(*, kind: str, object_ids: Iterable[int]) -> None:
    documents = Document.objects.filter(kind=kind, object_id__in=list(object_ids))
    backend().delete(documents.values_list("pk", flat=True))
    documents.delete()


def rebuild() -> int:
    """Rebuild the whole index from the sources. Returns the number of documents."""
    written = 0
    for source in sources().values():
        gone = set(Document.objects.filter(kind=source.kind).values_list("object_id", flat=True))
        for text in source.texts():
            index(kind=source.kind, object_id=text.object_id, title=text.title, body=text.body)
            gone.discard(text.object_id)
            written += 1
        remove(kind=source.kind, object_ids=gone)
    return written
