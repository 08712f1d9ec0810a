"""Operations of migrations that add and remove indexes of large tables while people write.

On PostgreSQL they block no writes, and their migration is not atomic; on SQLite they are the usual ones. What was done
before an interruption stays done, so the migration can be applied again.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.migrations.operations import AddIndex, RemoveIndex, RunPython

VALIDITY = {
    "postgresql": "SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid = to_regclass(quote_ident(%s))",
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = %s",
}


class AddIndexOnline(AddIndexConcurrently):
    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        drop_unfinished(schema_editor, self.index.name)
        if not exists(schema_editor, self.index.name):
            _of(schema_editor, AddIndexConcurrently, AddIndex).database_forwards(
                self, app_label, schema_editor, *states
            )

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if exists(schema_editor, self.index.name):
            _of(schema_editor, AddIndexConcurrently, AddIndex).database_backwards(
                self, app_label, schema_editor, *states
            )


class RemoveIndexOnline(RemoveIndexConcurrently):
    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if exists(schema_editor, self.name):
            _of(schema_editor, RemoveIndexConcurrently, RemoveIndex).database_forwards(
                self, app_label, schema_editor, *states
            )

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        drop_unfinished(schema_editor, self.name)
        if not exists(schema_editor, self.name):
            _of(schema_editor, RemoveIndexConcurrently, RemoveIndex).database_backwards(
                self, app_label, schema_editor, *states
            )


def postgresql_indexes(table: str, definitions: dict[str, str]) -> RunPython:
    """Return an operation that adds indexes which only PostgreSQL has, by name. Its migration is not atomic."""

    def create(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for name, definition in definitions.items():
                drop_unfinished(schema_editor, name)
                schema_editor.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} {definition}")

    def drop(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for name in definitions:
                schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")

    return RunPython(create, drop)


def exists(schema_editor: Any, name: str) -> bool:
    return _validity(schema_editor, name) is not None


def drop_unfinished(schema_editor: Any, name: str) -> None:
    """Drop an index that PostgreSQL did not finish building: it is there, and no query uses it."""
    if _validity(schema_editor, name) == 0:
        schema_editor.execute(f"DROP INDEX CONCURRENTLY {schema_editor.quote_name(name)}")


def _validity(schema_editor: Any, name: str) -> int | None:
    """Return whether an index can be used; None if there is none of this name."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute(VALIDITY[connection.vendor], [name])
        row = cursor.fetchone()
    return row and row[0]


def _of(schema_editor: Any, online: type, usual: type) -> Any:
    return online if schema_editor.connection.vendor == "postgresql" else usual
