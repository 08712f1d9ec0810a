"""SQLite FTS5 backend: a contentless table whose rowid is the document's id, with our own tokens."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from django.db import connection, models
from django.db.models.expressions import RawSQL

from community.search.backends import ANY, NAMED_FACTS, Entry, Match, Wanted, with_some
from community.search.tokens import Term

CREATE = (
    "CREATE VIRTUAL TABLE search_fulltext USING fts5("
    "title, body, facts, content='', contentless_delete=1, tokenize=\"unicode61 remove_diacritics 0\")"
)
TITLE_COUNTS_MORE = "INSERT INTO search_fulltext (search_fulltext, rank) VALUES ('rank', 'bm25(6.0, 1.0, 0.0)')"
DROP = "DROP TABLE search_fulltext"
FOUND = (
    "SELECT rowid AS id FROM search_fulltext WHERE search_fulltext MATCH %s AND rowid >= %s AND rowid < %s"
    " ORDER BY rowid DESC LIMIT %s"
)
NEWEST = (
    f"SELECT 0, found.id, kind, object_id FROM ({FOUND}) AS found"
    " JOIN search_document ON search_document.id = found.id ORDER BY found.id DESC"
)
# For a rank FTS5 reads all documents of each word of a query, also of facts and of words that are excluded, which count
# nothing. So what was found is ranked by its words alone. The plus keeps FTS5 from beginning anew for each row.
RANKED = (
    f"WITH found AS MATERIALIZED ({FOUND}), ranks AS MATERIALIZED ("
    " SELECT rowid AS id, CAST(round(rank * 1000000) AS INTEGER) AS rank FROM search_fulltext"
    " WHERE search_fulltext MATCH %s AND +rowid IN (SELECT id FROM found)"
    " AND rowid >= (SELECT min(id) FROM found) AND rowid <= (SELECT max(id) FROM found))"
    " SELECT ranks.rank, found.id, kind, object_id FROM found JOIN ranks ON ranks.id = found.id"
    " JOIN search_document ON search_document.id = found.id ORDER BY found.id DESC"
)

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
    is_open = wanted.is_open
    if is_open and len(_found(_query(wanted, in_titles=in_titles), most, before)) == most:
        is_open = False
    words = _words(wanted, in_titles=in_titles, is_open=is_open)
    return _found(_query(wanted, in_titles=in_titles, is_open=is_open), most, before, words=words)


def newest_named(wanted: Wanted, most: int, *, in_titles: bool = False) -> list[Match]:
    return newest(replace(wanted, facts=(*wanted.facts, NAMED_FACTS)), most, in_titles=in_titles)


def having(wanted: Wanted, most: int, *, in_titles: bool = False) -> list[Match]:
    """They are not ranked, which would read all documents of each word."""
    return _found(_query(wanted, in_titles=in_titles), most, ANY)


def among(wanted: Wanted, pks: Sequence[int]) -> list[Match]:
    """FTS5 has no search for a set of rows: it reads from the first to the last of those that are near each other.

    They are not ranked, which would read all documents of each word for each stretch of keys.
    """
    query, asked = _query(wanted, in_titles=False, is_open=wanted.is_open), set(pks)
    found: list[Match] = []
    for first, last in _stretches(pks):
        found += _found(query, last - first + 1, last + 1, since=first)
    return [match for match in found if match.pk in asked]


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


def _found(query: str, most: int, before: int, *, since: int = 0, words: str = "") -> list[Match]:
    """Return the newest of a range that a query finds, ranked by `words`; with rank 0 without."""
    with connection.cursor() as cursor:
        if words:
            cursor.execute(RANKED, [query, since, before, most, words])
        else:
            cursor.execute(NEWEST, [query, since, before, most])
        return list(map(Match._make, cursor.fetchall()))


def _words(wanted: Wanted, *, in_titles: bool, is_open: bool) -> str:
    words = [_term(term) for term in wanted.words]
    if is_open:
        words[-1] = _term(wanted.words[-1], prefix="*")
    if wanted.some:
        words.append(with_some(list(map(_term, wanted.some)), wanted.least, both="AND", either="OR"))
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
