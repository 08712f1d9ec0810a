"""PostgreSQL: indexes of the words in titles, and of the documents that have any. Built while the site runs."""

from django.db import migrations

from community.common.concurrent_indexes import drop_unfinished

INDEXES = {
    "search_vector_titles": "USING gin (ts_filter(words, '{a}'))",
    "search_vector_titled": "(document_id) WHERE ts_filter(words, '{a}') <> ''",
}


def create_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, definition in INDEXES.items():
            drop_unfinished(schema_editor, name)
            schema_editor.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON search_vector {definition}")


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = False

    dependencies = [("search", "0002_documents_without_dates")]

    operations = [migrations.RunPython(create_indexes, drop_indexes)]
