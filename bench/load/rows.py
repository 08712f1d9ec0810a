"""Rows of a model in bulk: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model
from django.utils import timezone


class Rows:
    """Rows of a model with the given columns; every other column has its field's default.

    Keys are given out here (`next_pk`), so that rows of several tables can name each other before any is written.
    Neither `save` nor signals run: the caller computes what those would.
    """

    def __init__(self, model: type[Model], *columns: str) -> None:
        self.model = model
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        by_name = {field.attname: field for field in fields}
        self._given = [by_name[name] for name in columns]
        self._rest = [field for field in fields if field.attname not in columns]
        self._defaults = tuple(field.get_db_prep_save(_default(field), connection) for field in self._rest)
        key = model._meta.pk
        self._last = (model._default_manager.aggregate(last=Max("pk"))["last"] or 0) if key.name in by_name else 0
        self._waiting: list[tuple] = []
        self._is_json = [field.get_internal_type() == "JSONField" for field in self._given]

    def next_pk(self) -> int:
        self._last += 1
        return self._last

    def add(self, *values: Any) -> None:
        """Keep a row of the given columns, in their order, until `write`."""
        self._waiting.append(values)

    def write(self) -> int:
        """Write the rows that wait. Returns how many."""
        rows, self._waiting = self._waiting, []
        if rows:
            names = [field.column for field in (*self._given, *self._rest)]
            copy(self.model._meta.db_table, names, map(self._full, rows))
        return len(rows)

    def _full(self, row: tuple) -> tuple:
        if len(row) != len(self._given):
            raise ValueError(f"{self.model.__name__}: {len(row)} values for {len(self._given)} columns")
        given = (
            field.get_db_prep_save(value, connection) if must_adapt or connection.vendor == "sqlite" else value
            for field, value, must_adapt in zip(self._given, row, self._is_json, strict=True)
        )
        return (*given, *self._defaults)


def copy(table: str, columns: Sequence[str], rows: Iterable[tuple]) -> None:
    """Write rows of raw column values."""
    quoted = ", ".join(map(connection.ops.quote_name, columns))
    into = f"{connection.ops.quote_name(table)} ({quoted})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as stream:
                for row in rows:
                    stream.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {into} VALUES ({places})", rows)


def set_sequences(*models: type[Model]) -> None:
    """Let the database give out keys after the highest, which COPY does not do by itself."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)


def _default(field: Any) -> Any:
    """Return what a new row has; columns that are set on save get the present time."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    return None if field.primary_key else field.get_default()
