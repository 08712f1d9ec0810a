"""PostgreSQL tsvector backend with our own tokens, independent of text-search configurations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import Func, IntegerField, Value
from django.db.models.functions import Cast

CREATE = (
    "CREATE TABLE search_vector (document_id bigint PRIMARY KEY, words tsvector NOT NULL);"
    "CREATE INDEX search_vector_words ON search_vector USING gin (words)"
)
DROP = "DROP TABLE search_vector"
MOST_POSITIONS = 16_383
MOST_BYTES = 900_000  # of the 1 MB a vector can have
PLACES_A_WORD = 64
BYTES_A_WORD, BYTES_A_PLACE = 4, 2


class Words(models.Field):
    def db_type(self, connection: Any) -> str:
        return "tsvector"


class Vector(models.Model):
    document = models.OneToOneField(
        "search.Document", primary_key=True, on_delete=models.DO_NOTHING, related_name="vector"
    )
    words = Words()

    class Meta:
        managed = False
        app_label = "search"
        db_table = "search_vector"

    def __str__(self) -> str:
        return f"words of document {self.document_id}"


@Words.register_lookup
class MatchesQuery(models.Lookup):
    """`vector @@ query::tsquery`."""

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}::tsquery", (*left_params, *right_params)


def write(document_id: int, title: Sequence[str], body: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_vector (document_id, words) VALUES (%s, %s::tsvector)"
            " ON CONFLICT (document_id) DO UPDATE SET words = EXCLUDED.words",
            [document_id, _vector(title, body)],
        )


def delete(ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_vector WHERE document_id = ANY(%s)", [list(ids)])


def indexed() -> set[int]:
    """Return the documents that are in the index."""
    return set(Vector.objects.values_list("pk", flat=True))


def matching(documents: models.QuerySet, tokens: Sequence[str]) -> models.QuerySet:
    """Return documents with every token (the last one as a prefix), with an integer `rank`, lower is better."""
    query = " & ".join(_quoted(token) for token in tokens) + ":*"
    relevance = Func(
        models.F("vector__words"),
        Value(query),
        template="-1000000 * ts_rank(%(expressions)s::tsquery)",
        output_field=models.FloatField(),
    )
    return documents.filter(vector__words__holds=query).annotate(rank=Cast(relevance, IntegerField()))


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _vector(title: Sequence[str], body: Sequence[str]) -> str:
    """Return a tsvector literal: the title's words at weight A, the body's at D, with positions.

    A text with more distinct words than a vector can hold is indexed by those at its beginning.
    """
    places: dict[str, list[str]] = {}
    for place, token in enumerate(title, start=1):
        places.setdefault(token, []).append(f"{min(place, MOST_POSITIONS)}A")
    size = 0
    for place, token in enumerate(body, start=len(title) + 1):
        if token not in places:
            size += len(token.encode()) + BYTES_A_WORD
        if size > MOST_BYTES:
            break
        if len(places.setdefault(token, [])) < PLACES_A_WORD:
            places[token].append(str(min(place, MOST_POSITIONS)))
            size += BYTES_A_PLACE
    return " ".join(f"{_quoted(token)}:{','.join(where)}" for token, where in places.items())
