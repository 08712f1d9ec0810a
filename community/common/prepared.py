"""Queries whose text is put together once: Django does so for each, which takes longer than running a small one.

drafts = Draft.objects.filter(owner=place("reader"), key=place("thread", "reply:{}"))
REPLIES = Prepared(lambda: drafts.values_list("pk"))
REPLIES.run(reader=5, thread=7)

PostgreSQL plans such a query once a connection, which takes about as long as to run it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import add
from threading import Lock
from typing import Any, cast
from zlib import crc32

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet, Value
from django.db.models.query import ModelIterable
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import mark_for_rollback_on_error

from community.common.replicas import reading_alias

NO_ROWS = 2**62
"""Keys of rows are smaller."""
PLACEHOLDER = re.compile(r"(?<!%)%s")
_keys: dict[int, Place] = {}


class Place(str):
    """The name of a parameter among those of a query. `written` is how it is written in a text."""

    written: str = ""


def place(name: str, written: str = "") -> Value:
    """Return an expression for a parameter, or for a text that contains it at `{}`."""
    found = Place(name)
    found.written = written
    return Value(found)


def place_of_key(name: str) -> int:
    """Return a number that stands for a parameter where no expression can: as the key of an instance, such as a reader.

    No row has it, so it is found again among the parameters of a query.
    """
    number = NO_ROWS + crc32(name.encode())
    _keys[number] = Place(name)
    return number


def padded(name: str, keys: Collection[int]) -> dict[str, int]:
    """Return these keys as parameters `name0`, `name1`, …, some twice, so that there are 1, 2, 4, 8 or so on of them.

    A query for any number of keys then has few texts.
    """
    given = [*keys]
    given += given[:1] * ((1 << (len(given) - 1).bit_length()) - len(given))
    return {f"{name}{n}": key for n, key in enumerate(given)}


class Prepared:
    """A query of instances or of `values_list`, whose parameters are given when it runs.

    `keeps_plan=False` for a query that PostgreSQL plans well only for the person it is about, such as one who follows
    thousands. `writes=True` for one that locks its rows: it is of the primary database, wherever others are read.
    """

    def __init__(self, rows: Callable[[], QuerySet], *, keeps_plan: bool = True, writes: bool = False) -> None:
        self._rows, self._keeps_plan, self._writes = rows, keeps_plan, writes
        self._texts: dict[str, _Text | None] = {}
        self._lock = Lock()  # a queryset within counts its tables while its text is put together

    def run(self, **given: Any) -> list[Any]:
        """Return the rows for these parameters: numbers, texts and times."""
        alias = DEFAULT_DB_ALIAS if self._writes else reading_alias()
        text = self._text(alias)
        if text is None:
            return []
        cursor = preparing_cursor(alias) if self._keeps_plan else connections[alias].cursor()
        return text.rows(alias, cursor, given)

    def _text(self, alias: str) -> _Text | None:
        """Return the text; None if Django knows that no row can match."""
        with self._lock:
            if alias not in self._texts:
                self._texts[alias] = _text_of(self._rows(), alias)
            return self._texts[alias]


class PreparedUpdate:
    """An UPDATE of some rows, as `QuerySet.update` writes it. Values are expressions, and places among them."""

    def __init__(self, rows: Callable[[], QuerySet], **values: Any) -> None:
        self._rows, self._values = rows, values
        self._text: tuple[str, tuple[Any, ...]] | None = None
        self._lock = Lock()

    def run(self, **given: Any) -> int:
        """Update the rows for these parameters; return how many there were."""
        with self._lock:
            if self._text is None:
                self._text = _sql_of(_update_of(self._rows(), self._values), DEFAULT_DB_ALIAS)
        sql, parameters = self._text
        filled = _all_filled(parameters, given, DEFAULT_DB_ALIAS)
        with mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS), preparing_cursor(DEFAULT_DB_ALIAS) as cursor:
            cursor.execute(sql, filled)
            return cursor.rowcount


@contextmanager
def preparing_cursor(alias: str) -> Iterator[CursorWrapper]:
    """Yield a cursor for queries that are run often and differ in their parameters alone."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.settings_dict["OPTIONS"].get("prepare_threshold"):
            cursor.cursor.close()
            cursor.cursor = _preparing()(connection.connection)
        yield cursor


@cache
def _preparing() -> type:
    """Return the class of cursors on PostgreSQL: its package is not needed elsewhere."""
    import psycopg
    from psycopg.types.numeric import Int8

    class PreparingCursor(psycopg.Cursor):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            # As one type: the server would plan a query again for each mixture of small numbers and large ones.
            wide = [Int8(each) if type(each) is int else each for each in params or ()]
            return super().execute(query, wide, **options)

    return PreparingCursor


@dataclass(frozen=True, slots=True)
class _Text:
    """What is kept of a query: no compiler, which has the connection of the thread that was first to run it.

    `columns`, `model` and `annotations` are what a compiler knows of its query once it has made the text.
    """

    queryset: QuerySet
    columns: list[Any]
    model: Any
    annotations: Any
    sql: str
    parameters: tuple[Any, ...]

    def rows(self, alias: str, opened: AbstractContextManager[CursorWrapper], given: dict[str, Any]) -> list[Any]:
        """Run the query, and make of its rows what Django does."""
        compiler = self.queryset.query.get_compiler(alias)
        compiler.select, compiler.col_count = self.columns, len(self.columns)
        compiler.klass_info, compiler.annotation_col_map = self.model, self.annotations
        filled = _all_filled(self.parameters, given, alias)
        with opened as cursor:
            cursor.execute(self.sql, filled)
            found = [cursor.fetchall()]
        if self.model is None:
            return list(compiler.results_iter(found, tuple_expected=True))
        compiler.execute_sql = lambda *_, **__: found
        queryset: Any = self.queryset
        rows = type(queryset)(queryset.model, _Compiled(compiler), alias)
        rows._prefetch_related_lookups, rows._fetch_mode = queryset._prefetch_related_lookups, queryset._fetch_mode
        return list(rows)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """In place of a Query that has been run."""

    compiler: Any

    def get_compiler(self, **_: Any) -> Any:
        return self.compiler


def _text_of(queryset: QuerySet, alias: str) -> _Text | None:
    compiler = queryset.query.get_compiler(alias)
    try:
        sql, parameters = _sql_of(compiler, alias)
    except EmptyResultSet:
        return None
    model = compiler.klass_info if issubclass(queryset._iterable_class, ModelIterable) else None
    columns = compiler.select[: compiler.col_count]
    return _Text(queryset, columns, model, compiler.annotation_col_map, sql, parameters)


def _update_of(queryset: QuerySet, values: dict[str, Any]) -> SQLCompiler:
    """Return the compiler of what `QuerySet.update` sends."""
    query = cast(UpdateQuery, queryset.order_by().query.chain(UpdateQuery))
    query.add_update_values(values)
    query.clear_select_clause()
    return query.get_compiler(DEFAULT_DB_ALIAS)


def _sql_of(compiler: SQLCompiler, alias: str) -> tuple[str, tuple[Any, ...]]:
    """Return the text of a statement and its parameters, of which PostgreSQL is sent the places alone."""
    sql, parameters = compiler.as_sql()
    found = [_keys.get(each, each) if isinstance(each, int) else each for each in parameters]
    if connections[alias].vendor == "postgresql":
        sql = _with_constants(sql, found)
        found = [each for each in found if isinstance(each, Place)]
    return sql, tuple(found)


def _with_constants(sql: str, parameters: Sequence[Any]) -> str:
    """Write what is the same in each run into the text: a plan without it knows no partial index that needs it."""
    from psycopg.sql import quote

    first, *others = PLACEHOLDER.split(sql)
    written = ("%s" if isinstance(each, Place) else quote(each).replace("%", "%%") for each in parameters)
    return first + "".join(map(add, written, others))


def _all_filled(parameters: Sequence[Any], given: dict[str, Any], alias: str) -> list[Any]:
    return [_filled(each, given, alias) if isinstance(each, Place) else each for each in parameters]


def _filled(found: Place, given: dict[str, Any], alias: str) -> Any:
    value = given[found]
    if isinstance(value, datetime):
        return connections[alias].ops.adapt_datetimefield_value(value)
    return found.written.format(value) if found.written else value
