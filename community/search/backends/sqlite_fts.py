"""SQLite FTS5 backend: contentless tables whose rowid is the document's id, with our own tokens.

One has all words. The other one has those of the few documents with a title: the words of the title, the facts, and of
people and tags all words. In the first one FTS5 would read every document that has a word to find it in a title.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from django.db import connection, models
from django.db.models.expressions import RawSQL

from community.search import formulas
from community.search.backends import ANY, NAMED_FACTS, Entry, Match, Wanted, with_some
from community.search.tokens import Term

TEXTS, NAMES = "search_fulltext", "search_names"
_CREATE = (
    "CREATE VIRTUAL TABLE {table} USING fts5("
    "title, body, facts, content='', contentless_delete=1, tokenize=\"unicode61 remove_diacritics 0\")"
)
CREATE, CREATE_NAMES = (_CREATE.replace("{table}", table) for table in (TEXTS, NAMES))
TITLE_COUNTS_MORE = "INSERT INTO search_fulltext (search_fulltext, rank) VALUES ('rank', 'bm25(6.0, 1.0, 0.0)')"
# A word is rarer among names than among all texts, for which BM25 would put a person who has it in a line about
# themselves above everything that was written about it.
NAME_COUNTS_MORE = "INSERT INTO search_names (search_names, rank) VALUES ('rank', 'bm25(6.0, 0.05, 0.0)')"
DROP, DROP_NAMES = "DROP TABLE search_fulltext", "DROP TABLE search_names"
FOUND = (
    "SELECT rowid AS id FROM {table} WHERE {table} MATCH %s AND rowid >= %s AND rowid < %s{without}"
    " ORDER BY rowid DESC LIMIT %s"
)
NOT_WITH = " AND rowid NOT IN (SELECT rowid FROM search_fulltext WHERE search_fulltext MATCH %s)"
NEWEST = (
    f"SELECT 0, found.id, kind, object_id FROM ({FOUND}) AS found"
    " JOIN search_document ON search_document.id = found.id ORDER BY found.id DESC"
)
# For a rank FTS5 reads all documents of each word of a query, also of facts and of words that are excluded, which count
# nothing. So what was found is ranked by its words alone. The plus keeps FTS5 from beginning anew for each row.
RANKED = (
    f"WITH found AS MATERIALIZED ({FOUND}), ranks AS MATERIALIZED ("
    " SELECT rowid AS id, CAST(round(rank * 1000000) AS INTEGER) AS rank FROM {table}"
    " WHERE {table} MATCH %s AND +rowid IN (SELECT id FROM found)"
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
    write_words(documents)
    write_names(documents)


def write_words(documents: Sequence[Entry]) -> None:
    _insert(TEXTS, ((each.pk, each.title, each.body, each.facts) for each in documents))


def write_names(documents: Sequence[Entry]) -> None:
    """Write what has a name, and delete what has lost it."""
    named = [each for each in documents if each.title]
    _delete(NAMES, (each.pk for each in documents if not each.title))
    _insert(NAMES, (_named(each) for each in named))


def _named(entry: Entry) -> tuple[int, Sequence[str], Sequence[str], Sequence[str]]:
    """Return what is written of an entry with a name: of a text without its body and its formulas."""
    if not set(NAMED_FACTS).isdisjoint(entry.facts):
        return entry.pk, entry.title, entry.body, entry.facts
    return entry.pk, entry.title, (), [each for each in entry.facts if not formulas.is_token(each)]


def _insert(table: str, rows: Iterable[tuple[int, Sequence[str], Sequence[str], Sequence[str]]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT OR REPLACE INTO {table} (rowid, title, body, facts) VALUES (%s, %s, %s, %s)",
            [(pk, *map(" ".join, columns)) for pk, *columns in rows],
        )


def delete(ids: Iterable[int]) -> None:
    keys = list(ids)
    for table in (TEXTS, NAMES):
        _delete(table, keys)


def _delete(table: str, ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {table} WHERE rowid = %s", [(one,) for one in ids])


def words() -> models.QuerySet:
    """Return the rows of words; their keys are those of the documents."""
    return FullText.objects.all()


def indexed(pks: Collection[int]) -> set[int]:
    """Return those of these documents that have words."""
    around = FullText.objects.filter(pk__gte=min(pks), pk__lte=max(pks))  # FTS5 has no search for a set of rows
    return set(around.values_list("pk", flat=True)).intersection(pks)


def settle() -> None:
    """FTS5 merges its own segments as they come."""


def newest(
    wanted: Wanted, most: int, *, before: int = ANY, in_titles: bool = False, is_ranked: bool = True
) -> list[Match]:
    """FTS5 reads the documents of whole words in order, but collects all those of a prefix: whole words go first."""
    if in_titles:
        return _newest_named(wanted, most, before, in_titles=True)
    is_open = wanted.is_open
    if is_open and len(_found(_query(wanted), most, before)) == most:
        is_open = False
    words = _words(wanted, is_open=is_open) if is_ranked else ""
    return _found(_query(wanted, is_open=is_open), most, before, words=words)


def newest_named(wanted: Wanted, most: int, *, in_titles: bool = False) -> list[Match]:
    wanted = replace(wanted, facts=(*wanted.facts, NAMED_FACTS))
    return _newest_named(wanted, most, ANY, in_titles=in_titles)


def _newest_named(wanted: Wanted, most: int, before: int, *, in_titles: bool) -> list[Match]:
    """Look among names. Of a title's text they do not know the words that it must not have."""
    kept = replace(wanted, without=()) if in_titles else wanted
    without = " OR ".join(map(_term, wanted.without)) if in_titles else ""
    words = _words(kept, in_titles=in_titles, is_open=wanted.is_open)
    query = _query(kept, in_titles=in_titles, is_open=wanted.is_open)
    return _found(query, most, before, words=words, table=NAMES, without=without)


def having(wanted: Wanted, most: int, *, in_titles: bool = False) -> list[Match]:
    """They are not ranked, which would read all documents of each word."""
    return _found(_query(wanted, in_titles=in_titles), most, ANY, table=NAMES if in_titles else TEXTS)


def among(wanted: Wanted, pks: Sequence[int]) -> list[Match]:
    """FTS5 has no search for a set of rows: it reads from the first to the last of those that are near each other.

    They are not ranked, which would read all documents of each word for each stretch of keys.
    """
    query, asked = _query(wanted, is_open=wanted.is_open), set(pks)
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


def _found(
    query: str, most: int, before: int, *, since: int = 0, words: str = "", table: str = TEXTS, without: str = ""
) -> list[Match]:
    """Return the newest of a range that a query finds, ranked by `words`; with rank 0 without."""
    statement = (
        (RANKED if words else NEWEST).replace("{table}", table).replace("{without}", NOT_WITH if without else "")
    )
    values: list[str | int] = [query, since, before, *filter(None, [without]), most, *filter(None, [words])]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(map(Match._make, cursor.fetchall()))


def _words(wanted: Wanted, *, in_titles: bool = False, is_open: bool) -> str:
    words = [_term(term) for term in wanted.words]
    if is_open:
        words[-1] = _term(wanted.words[-1], prefix="*")
    if wanted.some:
        words.append(with_some(list(map(_term, wanted.some)), wanted.least, both="AND", either="OR"))
    return f"{'title : ' if in_titles else ''}({' AND '.join(words)})" if words else ""


def _query(wanted: Wanted, *, in_titles: bool = False, is_open: bool = False) -> str:
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
