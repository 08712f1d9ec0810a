"""PostgreSQL: an index of the words of people and tags, which are few among all texts. Built while the site runs."""

from django.db import migrations

from community.common.concurrent_indexes import postgresql_indexes
from community.search.backends.postgres import NAMES

INDEXES = {NAMES.index: f"USING gin (words) WHERE {NAMES.where}"}


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = False

    dependencies = [("search", "0005_people_and_tags")]

    operations = [postgresql_indexes("search_vector", INDEXES)]
