"""SQLite FTS5 backend: a contentless table whose rowid is the document's id, with our own tokens."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from django.db import connection, models
from django.db.models.expressions import RawSQL

from community.search.backends import ANY, NAMED_FACTS, Entry, Match, Wanted
from community.search.tokens import Term

CREATE = (
    "CREATE VIRTUAL TABLE search_fulltext USING fts5("
    "title, body, facts, content='', contentless_delete=1, tokenize=\"unicode61 remove_diacritics 0\")"
)
TITLE_COUNTS_MORE = "INSERT INTO search_fulltext (search_fulltext, rank) VALUES ('rank', 'bm25(6.0, 1.0, 0.0)')"
DROP = "DROP TABLE search_fulltext"
NEWEST = (
    "SELECT document_id, kind, object_id FROM (SELECT rowid AS document_id FROM search_fulltext"
    " WHERE search_fulltext MATCH %s AND rowid >= %s AND rowid < %s ORDER BY rowid DESC LIMIT %s) AS found"
    " JOIN search_document ON search_document.id = document_id ORDER BY document_id DESC"
)
# The plus keeps FTS5 from beginning anew for each row, and counting all documents of all words for each.
RANKS = (
    "SELECT rowid, CAST(round(rank * 1000000) AS INTEGER) FROM search_fulltext"
    " WHERE search_fulltext MATCH %s AND rowid BETWEEN %s AND %s AND +rowid IN (SELECT value FROM json_each(%s))"
)


type Found = tuple[int, str, int]
"""A document, its kind and the key of what it is about."""

GAP = 100
"""Documents between two others that are read with them rather than each for itself."""


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


def write(documents: Sequence[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT OR REPLACE INTO search_fulltext (rowid, title, body, facts) VALUES (%s, %s, %s, %s)",
            [(each.pk, " ".join(each.title), " ".join(each.body), " ".join(each.facts)) for each in documents],
        )


def delete(ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM search_fulltext WHERE rowid = %s", [(one,) for one in ids])


def words() -> models.QuerySet:
    """Return the rows of words; their keys are those of the documents."""
    return FullText.objects.all()


def indexed(pks: Collection[int]) -> set[int]:
    """Return those of these documents that have words."""
    around = FullText.objects.filter(pk__gte=min(pks), pk__lte=max(pks))  # FTS5 has no search for a set of rows
    return set(around.values_list("pk", flat=True)).intersection(pks)


def settle() -> None:
    """FTS5 merges its own segments as they come."""


def newest(wanted: Wanted, most: int, *, before: int = ANY, in_titles: bool = False) -> list[Match]:
    """FTS5 reads the documents of whole words in order, but collects all those of a prefix: whole words go first."""
    found, is_open = _found(_query(wanted, in_titles=in_titles), most, before), False
    if len(found) < most and wanted.is_open:
        found, is_open = _found(_query(wanted, in_titles=in_titles, is_open=True), most, before), True
    return _ranked(found, _words(wanted, in_titles=in_titles, is_open=is_open))


def newest_named(wanted: Wanted, most: int, *, in_titles: bool = False) -> list[Match]:
    return newest(replace(wanted, facts=(*wanted.facts, NAMED_FACTS)), most, in_titles=in_titles)


def among(wanted: Wanted, pks: Sequence[int]) -> list[Match]:
    """FTS5 has no search for a set of rows: it reads from the first to the last of those that are near each other."""
    query, asked = _query(wanted, in_titles=False, is_open=wanted.is_open), set(pks)
    found: list[Found] = []
    for first, last in _stretches(pks):
        found += _found(query, last - first + 1, last + 1, since=first)
    words = _words(wanted, in_titles=False, is_open=wanted.is_open)
    return _ranked([each for each in found if each[0] in asked], words)


def _stretches(pks: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and last of keys that are near each other."""
    ends: list[tuple[int, int]] = []
    for pk in pks:
        first = ends.pop()[0] if ends and pk - ends[-1][1] <= GAP else pk
        ends.append((first, pk))
    return ends


def listed(pks: Iterable[int]) -> RawSQL:
    """Return these keys as a subquery of one parameter."""
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(pks))])


def _found(query: str, most: int, before: int, since: int = 0) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [query, since, before, most])
        return cursor.fetchall()


def _ranked(found: Sequence[Found], words: str) -> list[Match]:
    """Rank what was found by its words alone.

    For a rank FTS5 reads all documents of each word of the query, also of facts and of words that are excluded, which
    count nothing: most of what a search costs. So it is asked once, about what was found, and of those words only.
    """
    ranks: dict[int, int] = {}
    if words and found:
        pks = [pk for pk, _kind, _object_id in found]
        with connection.cursor() as cursor:
            cursor.execute(RANKS, [words, min(pks), max(pks), json.dumps(pks)])
            ranks = dict(cursor.fetchall())
    return [Match(ranks.get(pk, 0), pk, kind, object_id) for pk, kind, object_id in found]


def _words(wanted: Wanted, *, in_titles: bool, is_open: bool) -> str:
    words = [_term(term) for term in wanted.words]
    if is_open:
        words[-1] = _term(wanted.words[-1], prefix="*")
    return f"{'title : ' if in_titles else ''}({' AND '.join(words)})" if words else ""


def _query(wanted: Wanted, *, in_titles: bool, is_open: bool = False) -> str:
    words = _words(wanted, in_titles=in_titles, is_open=is_open)
    has = [words] if words else []
    has += [f"({_any(facts)})" for facts in wanted.facts]
    has_not = [*map(_term, wanted.without), *map(_quoted, wanted.without_facts)]
    return f"({' AND '.join(has)})" + (f" NOT ({' OR '.join(has_not)})" if has_not else "")


def _term(term: Term, prefix: str = "") -> str:
    """Return the alternatives of a word; the first one, as it is written, may be open at its end."""
    first, *others = ["(" + " AND ".join(map(_quoted, tokens)) + ")" for tokens in term]
    if prefix:
        first = _quoted(term[0][0]) + prefix
    return f"({' OR '.join([first, *others])})"


def _any(tokens: Sequence[str]) -> str:
    return " OR ".join(map(_quoted, tokens))


def _quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'
