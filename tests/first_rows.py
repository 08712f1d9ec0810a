"""Restores rows created by migrations, such as the categories, after a test that empties the database.

Such a test has no transaction to roll back. It can run before others, since a file stays in one process. What Django
would do to the empty database takes longer than most such tests, and is left out or done in another way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.core.management.commands import flush
from django.db import OperationalError, connection, transaction
from django.db.models import Model

from community.search.backends import backend

first_rows: dict[type[Model], list[Model]] = {}
LOG = "common_change"  # what is deleted elsewhere is logged


@contextmanager
def emptied_quickly() -> Iterator[None]:
    """Within, a flush does not recreate what `bring_back` does, and PostgreSQL makes no files of tables anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "emit_post_migrate_signal", lambda *args, **kwargs: None)
        if connection.vendor == "postgresql":
            kind = type(connection.ops)
            patch.setattr(kind, "sql_flush", _rows_deleted(kind.sql_flush))
            patch.setattr(kind, "execute_sql_flush", _again(kind.execute_sql_flush))
        yield


def _rows_deleted(truncated: Any) -> Any:
    def sql_flush(ops: Any, style: Any, tables: Any, *, reset_sequences=False, allow_cascade=False) -> list[str]:
        if reset_sequences or allow_cascade or not tables:
            return truncated(ops, style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
        names = [ops.quote_name(table) for table in sorted(tables, key=lambda table: table == LOG)]
        # As a TRUNCATE would, wait for what another thread of the test has begun to write.
        lock = f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE;"
        return [lock, *(f"DELETE FROM {name};" for name in names)]

    return sql_flush


def _again(execute: Any) -> Any:
    """Try again when PostgreSQL has ended it for the sake of another thread of the test, which holds its locks."""

    def execute_sql_flush(ops: Any, statements: list[str]) -> None:
        for tries_left in (2, 1, 0):
            try:
                execute(ops, statements)
            except OperationalError as error:
                if not tries_left or "deadlock" not in str(error):
                    raise
            else:
                return

    return execute_sql_flush


def remember() -> None:
    there = set(connection.introspection.table_names())  # the search tables differ between databases
    for model in apps.get_models():
        if model._meta.db_table not in there:
            continue
        if rows := list(model._base_manager.order_by("pk")):
            first_rows[model] = rows


def bring_back() -> None:
    """Write them again, and empty the table of searched words, which is no model's and which a flush leaves."""
    with transaction.atomic():
        backend().delete(list(backend().words().values_list("pk", flat=True)))
        for model, rows in first_rows.items():
            model._base_manager.bulk_create(rows, ignore_conflicts=True)
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(no_style(), list(first_rows)):
                cursor.execute(sql)  # what restarted them would give a new row the key of one of these


def empties_the_database(item) -> bool:
    marker = item.get_closest_marker("django_db")
    is_marked = marker is not None and (marker.kwargs.get("transaction") or marker.args[:1] == (True,))
    return bool(is_marked or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))
