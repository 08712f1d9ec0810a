"""An operation of migrations that adds a column to a large table."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddField


class AddColumn(AddField):
    """Add a column that is null or has a constant default in the database, without reading or writing its rows.

    Django's operation copies the table on SQLite, each time. On PostgreSQL it does not, but a column with a check, such
    as that of a positive integer, makes it read the whole table under a lock.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            before = from_state.apps.get_model(app_label, self.model_name)
            BaseDatabaseSchemaEditor.add_field(schema_editor, before, model._meta.get_field(self.name))
