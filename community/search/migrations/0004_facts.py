"""Documents have facts, which SQLite keeps in a column of its table of words: that one is written again.

Until `rebuild_search` has run, words are found as before, and filters find only what was written since.
"""

from django.db import migrations, models

from community.common.walk import batches
from community.search.backends import Entry, sqlite_fts
from community.search.tokens import index_tokens


def remake_words(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    schema_editor.execute(sqlite_fts.DROP)
    schema_editor.execute(sqlite_fts.CREATE)
    schema_editor.execute(sqlite_fts.TITLE_COUNTS_MORE)
    documents = apps.get_model("search", "Document").objects
    for keys in batches(documents.all()):
        sqlite_fts.write_words(
            [
                Entry(pk, index_tokens(title), index_tokens(body))
                for pk, title, body in documents.filter(pk__in=keys).values_list("pk", "title", "body")
            ]
        )


class Migration(migrations.Migration):
    is_post_deployment = False

    dependencies = [("search", "0003_titles")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="facts",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.RunPython(remake_words, migrations.RunPython.noop),
    ]
