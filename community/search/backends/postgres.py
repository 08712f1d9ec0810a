"""PostgreSQL tsvector backend with our own tokens, independent of text-search configurations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, NamedTuple

from cachetools import TTLCache, cached
from django.db import connection, models
from django.db.models.expressions import RawSQL

from community.search.backends import ANY, NAMED_FACTS, Entry, Match, Wanted, with_some
from community.search.tokens import Term

CREATE = (
    "CREATE TABLE search_vector (document_id bigint PRIMARY KEY, words tsvector NOT NULL);"
    "CREATE INDEX search_vector_words ON search_vector USING gin (words)"
)
DROP = "DROP TABLE search_vector"
MOST_POSITIONS = 16_383
MOST_BYTES = 900_000  # of the 1 MB a vector can have
PLACES_A_WORD = 64
BYTES_A_WORD, BYTES_A_PLACE = 4, 2
SAMPLE = 256
TOLD_SECONDS = 60  # how common words are changes slowly, and decides the cost of a search only, not what it finds
SOME_ARE_RARE = 3
CHEAPER = 4  # times: to read a row in order rather than one that the index of words names


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


@dataclass(frozen=True, slots=True)
class Scope:
    """What is searched: an expression of search_vector, the documents that have it, and the index of those.

    Of documents that are read in order, `read` is the same expression and `ranked` the column that ranks them.
    """

    words: str
    where: str
    index: str
    read: str
    ranked: str = "every"


class Sample(NamedTuple):
    """How many of the newest documents match, of how many, the newest one's id, and how many there are in all."""

    hits: int
    size: int
    last: int
    total: float

    @property
    def share(self) -> float:
        return self.hits / self.size if self.size else 0.0


class Likely(NamedTuple):
    """How many documents seem to match, of how many."""

    matches: float
    total: float

    def is_common(self, most: int) -> bool:
        """Return whether documents are better read in order than by the index of words."""
        return bool(self.matches) and self.rows_for(most) < self.rows_worth

    def rows_for(self, most: int) -> int:
        """Return how many of the newest documents hold so many matches, twice over."""
        return int(2 * most * self.total / self.matches)

    @property
    def rows_worth(self) -> int:
        """Return how many documents are read in order at the cost of reading all that match by the index of words."""
        return int(min(CHEAPER * self.matches, self.total))


# Most vectors are stored beside their row, and each function that gets one fetches it anew: `setweight` of no words
# copies it, so that it is fetched once to be looked at and ranked.
COPIED = "setweight(words, 'D', '{}')"
OF_TITLE = "ts_filter(words, '{a}')"
TEXTS = Scope("words", "TRUE", "search_vector_pkey", read=COPIED, ranked="words")
TITLES = Scope(OF_TITLE, f"{OF_TITLE} <> ''", "search_vector_titled", read=OF_TITLE)
NAMES = Scope("words", f"words @@ $${' | '.join(NAMED_FACTS)}$$::tsquery", "search_vector_named", read=COPIED)
# The index has all words of these documents; which of them stand in a title is looked at afterwards.
NAMED_TITLES = replace(NAMES, where=f"{NAMES.where} AND ts_filter(words, '{{a}}') @@ %(ranked)s::tsquery")

# A LIMIT or OFFSET in a subquery keeps the planner from moving a condition into it or out of it: which of the two ways
# to search is chosen by a sample, because an estimate that is wrong costs a scan of everything.
NEWEST = (
    "SELECT document_id, {words} AS words, words AS every FROM search_vector"
    " WHERE {where} AND {before} ORDER BY document_id DESC LIMIT %(window)s"
)
SAMPLED = (
    "SELECT count(*) FILTER (WHERE {has}), count(*), coalesce(max(document_id), 0),"
    " (SELECT reltuples FROM pg_class WHERE oid = %(index)s::regclass) FROM ({newest}) AS newest"
)
AMONG_NEWEST = (
    "SELECT document_id, {ranked} AS words FROM ({read_newest}) AS newest WHERE {has}"
    " ORDER BY document_id DESC LIMIT %(most)s"
)
BY_WORDS = (
    "SELECT document_id, words FROM (SELECT document_id FROM (SELECT document_id FROM search_vector"
    " WHERE {words} @@ %(query)s::tsquery{has_facts} AND {where} AND {before} OFFSET 0) AS every"
    " ORDER BY document_id DESC LIMIT %(most)s) AS best JOIN search_vector USING (document_id)"
)
AMONG = (
    "SELECT document_id, words FROM (SELECT document_id, words FROM search_vector"
    " WHERE document_id = ANY(%(among)s::bigint[]) OFFSET 0) AS few WHERE {has}"
)
ESTIMATED = "EXPLAIN (FORMAT JSON) SELECT FROM search_vector WHERE {words} @@ %(query)s::tsquery{has_facts} AND {where}"
RANK = "(-1000000 * ts_rank(words, %(ranked)s::tsquery))::integer"
RANKED = (
    "SELECT {rank}, document_id, kind, object_id"
    " FROM ({found}) AS found JOIN search_document ON search_document.id = document_id ORDER BY document_id DESC"
)


def write(documents: Sequence[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_vector (document_id, words)"
            " SELECT id, words::tsvector FROM unnest(%s::bigint[], %s::text[]) AS row (id, words)"
            " ON CONFLICT (document_id) DO UPDATE SET words = EXCLUDED.words",
            [[each.pk for each in documents], [_vector(each.title, each.body, each.facts) for each in documents]],
        )


def delete(ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_vector WHERE document_id = ANY(%s)", [list(ids)])


def words() -> models.QuerySet:
    """Return the rows of words; their keys are those of the documents."""
    return Vector.objects.all()


def indexed(pks: Iterable[int]) -> set[int]:
    """Return those of these documents that have words."""
    return set(Vector.objects.filter(pk__in=list(pks)).values_list("pk", flat=True))


def settle() -> None:
    """Have the table's statistics made now: without its size, `newest` does not know what is cheap."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_vector")
    _told.cache_clear()


def newest(
    wanted: Wanted, most: int, *, before: int = ANY, in_titles: bool = False, is_ranked: bool = True
) -> list[Match]:
    """Common words are looked for in the newest documents one by one, rare ones in the index of words.

    How many documents match is told by the newest ones and, where these seem unlike the others, by PostgreSQL's
    statistics, which know the common words and not which of them go together. If the newest twice as many as should do
    have too few matches, as many more as are worth it are read, unless those in their midst have none either.
    """
    scope = TITLES if in_titles else TEXTS
    values = _values(wanted, scope) | {"before": before, "most": most, "index": scope.index}
    rank = RANK if is_ranked else "0"
    sample, likely = _told(scope, values)
    if likely.is_common(most):
        found = _ranked(AMONG_NEWEST, scope, values | {"window": likely.rows_for(most)}, rank)
        if len(found) == most:
            return found
        likely = Likely(min(likely.matches, _estimate(scope, values)), sample.total)
        midst = int(sample.last * (1 - likely.rows_worth / sample.total / 2))
        if _sample(scope, values | {"before": midst}).share * sample.total > likely.matches / 2:
            found = _ranked(AMONG_NEWEST, scope, values | {"window": likely.rows_worth}, rank)
            if len(found) == most:
                return found
    return _ranked(BY_WORDS, scope, values, rank)


def newest_named(wanted: Wanted, most: int, *, in_titles: bool = False) -> list[Match]:
    """They have a small index of words of their own."""
    scope = NAMED_TITLES if in_titles else NAMES
    return _ranked(BY_WORDS, scope, _values(wanted, scope) | {"before": ANY, "most": most})


def having(wanted: Wanted, most: int, *, in_titles: bool = False) -> list[Match]:
    """What has three of some words is rare: the index of words names it, and no sample has to say so."""
    if wanted.least < SOME_ARE_RARE:
        return newest(wanted, most, in_titles=in_titles, is_ranked=False)
    scope = TITLES if in_titles else TEXTS
    return _ranked(BY_WORDS, scope, _values(wanted, scope) | {"before": ANY, "most": most}, "0")


def among(wanted: Wanted, pks: Sequence[int]) -> list[Match]:
    """They are read by their keys, however common the words."""
    return _ranked(AMONG, TEXTS, _values(wanted, TEXTS) | {"before": ANY, "among": list(pks)}) if pks else []


def _key(scope: Scope, values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(values.values())


@cached(TTLCache(maxsize=1000, ttl=TOLD_SECONDS), key=_key, lock=Lock())
def _told(scope: Scope, values: dict[str, Any]) -> tuple[Sample, Likely]:
    """Return the newest documents as a sample, and how many seem to match."""
    sample = _sample(scope, values)
    likely = Likely(sample.share * sample.total, sample.total)
    if sample.size == SAMPLE and not likely.is_common(values["most"]):
        likely = Likely(_estimate(scope, values), sample.total)
    return sample, likely


def _sample(scope: Scope, values: dict[str, Any]) -> Sample:
    [row] = _rows(SAMPLED, scope, values | {"window": SAMPLE})
    return Sample(*row)


def _estimate(scope: Scope, values: dict[str, Any]) -> int:
    [(plan,)] = _rows(ESTIMATED, scope, values)
    return plan[0]["Plan"]["Plan Rows"]


def listed(pks: Iterable[int]) -> RawSQL:
    """Return these keys as a subquery of one parameter: hundreds of parameters cost more than their query.

    It is written here: psycopg asks each number for its type.
    """
    return RawSQL("SELECT unnest(%s::bigint[])", ["{" + ",".join(map(str, pks)) + "}"])


def _ranked(found: str, scope: Scope, values: dict[str, Any], rank: str = RANK) -> list[Match]:
    statement = RANKED.replace("{found}", found).replace("{rank}", rank)
    return list(map(Match._make, _rows(statement, scope, values)))


def _rows(statement: str, scope: Scope, values: dict[str, Any]) -> list[tuple]:
    facts = values["facts"]
    parts = {
        "read_newest": NEWEST.replace("{words}", scope.read),
        "newest": NEWEST,
        "words": scope.words,
        "ranked": scope.ranked,
        "has": "words @@ %(query)s::tsquery" + (" AND every @@ %(facts)s::tsquery" if facts else ""),
        "has_facts": " AND words @@ %(facts)s::tsquery" if facts else "",
        "where": scope.where,
        "before": "TRUE" if values["before"] == ANY else "document_id < %(before)s",
    }
    for name, part in parts.items():
        statement = statement.replace(f"{{{name}}}", part)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _values(wanted: Wanted, scope: Scope) -> dict[str, str]:
    """Return what is looked for: in titles, facts and words that are not wanted are a query of their own.

    Facts do not count for rank, since they are the same for all.
    """
    words = [_term(term) for term in wanted.words]
    if wanted.is_open:
        words[-1] = _term(wanted.words[-1], prefix=":*")
    if wanted.some:
        words.append(with_some(list(map(_term, wanted.some)), wanted.least, both="&", either="|"))
    others = [f"({' | '.join(map(_quoted, facts))})" for facts in wanted.facts]
    others += [f"!{each}" for each in (*map(_term, wanted.without), *map(_quoted, wanted.without_facts))]
    ranked = " & ".join(words)
    if scope is TITLES:
        return {"query": ranked, "ranked": ranked, "facts": " & ".join(others)}
    return {"query": " & ".join([*words, *others]), "ranked": ranked, "facts": ""}


def _term(term: Term, prefix: str = "") -> str:
    """Return the alternatives of a word; the first one, as it is written, may be open at its end."""
    first, *others = ["(" + " & ".join(map(_quoted, tokens)) + ")" for tokens in term]
    if prefix:
        first = _quoted(term[0][0]) + prefix
    return f"({' | '.join([first, *others])})"


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _vector(title: Sequence[str], body: Sequence[str], facts: Sequence[str] = ()) -> str:
    """Return a tsvector literal: the title's words at weight A, the body's at D, with positions; facts have none.

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
    placed = (f"{_quoted(token)}:{','.join(where)}" for token, where in places.items())
    return " ".join([*placed, *map(_quoted, facts)])
