"""SQLite: the words of titles, and those of people and tags, have a table of their own.

What the release before writes meanwhile is found by its title once `rebuild_search` has run, and by its words at once.
"""

from django.db import migrations

from community.common.walk import batches
from community.search import pinyin
from community.search.backends import Entry, sqlite_fts
from community.search.tokens import fold, index_tokens


def make_names(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    schema_editor.execute(sqlite_fts.CREATE_NAMES)
    schema_editor.execute(sqlite_fts.NAME_COUNTS_MORE)
    documents = apps.get_model("search", "Document").objects
    for keys in batches(documents.exclude(title="")):
        rows = documents.filter(pk__in=keys).values_list("pk", "title", "body", "facts")
        sqlite_fts.write_names([_entry(*row) for row in rows])


def _entry(pk, title, body, facts):
    words = [*index_tokens(title), *pinyin.index_tokens(fold(title))]
    return Entry(pk, words, index_tokens(body), facts.split())


def drop_names(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(sqlite_fts.DROP_NAMES)


class Migration(migrations.Migration):
    is_post_deployment = False

    dependencies = [("search", "0006_names")]

    operations = [migrations.RunPython(make_names, drop_names)]
