"""SQLite FTS5 backend: a contentless table whose rowid is the document's id, with our own tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import F, IntegerField
from django.db.models.functions import Cast, Round

CREATE = (
    "CREATE VIRTUAL TABLE search_fulltext USING fts5("
    "title, body, content='', contentless_delete=1, tokenize=\"unicode61 remove_diacritics 0\")"
)
TITLE_COUNTS_MORE = "INSERT INTO search_fulltext (search_fulltext, rank) VALUES ('rank', 'bm25(6.0, 1.0)')"
DROP = "DROP TABLE search_fulltext"


class FullText(models.Model):
    """A row of the virtual table. `words` is FTS5's column for MATCH, named after the table."""

    document = models.OneToOneField(
        "search.Document", primary_key=True, db_column="rowid", on_delete=models.DO_NOTHING, related_name="fulltext"
    )
    words = models.TextField(db_column="search_fulltext")
    rank = models.FloatField()

    class Meta:
        managed = False
        app_label = "search"
        db_table = "search_fulltext"

    def __str__(self) -> str:
        return f"words of document {self.document_id}"


@models.TextField.register_lookup
class Match(models.Lookup):
    """`column MATCH query`, FTS5's operator."""

    lookup_name = "fts_match"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} MATCH {right}", (*left_params, *right_params)


def write(document_id: int, title: Sequence[str], body: Sequence[str]) -> None:
    delete([document_id])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_fulltext (rowid, title, body) VALUES (%s, %s, %s)",
            [document_id, " ".join(title), " ".join(body)],
        )


def delete(ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM search_fulltext WHERE rowid = %s", [(one,) for one in ids])


def indexed() -> set[int]:
    """Return the documents that are in the index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rowid FROM search_fulltext")
        return {row[0] for row in cursor.fetchall()}


def matching(documents: models.QuerySet, tokens: Sequence[str]) -> models.QuerySet:
    """Return documents with every token (the last one as a prefix), with an integer `rank`, lower is better."""
    quoted = ['"' + token.replace('"', '""') + '"' for token in tokens]
    return documents.filter(fulltext__words__fts_match=" ".join(quoted) + "*").annotate(
        rank=Cast(Round(F("fulltext__rank") * 1_000_000), IntegerField())
    )
