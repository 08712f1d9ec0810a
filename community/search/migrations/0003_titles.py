"""PostgreSQL: indexes of the words in titles, and of the documents that have any. Built while the site runs."""

from django.db import migrations

from community.common.concurrent_indexes import postgresql_indexes

INDEXES = {
    "search_vector_titles": "USING gin (ts_filter(words, '{a}'))",
    "search_vector_titled": "(document_id) WHERE ts_filter(words, '{a}') <> ''",
}


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = False

    dependencies = [("search", "0002_documents_without_dates")]

    operations = [postgresql_indexes("search_vector", INDEXES)]
