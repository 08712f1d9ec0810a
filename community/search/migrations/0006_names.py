"""PostgreSQL: an index of the words of people and tags, which are few among all texts. Built while the site runs."""

from django.db import migrations

from community.common.concurrent_indexes import postgresql_indexes

IS_NAMED = "words @@ $$\ue000kind\ue000person | \ue000kind\ue000tag$$::tsquery"
INDEXES = {"search_vector_named": f"USING gin (words) WHERE {IS_NAMED}"}


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = False

    dependencies = [("search", "0005_people_and_tags")]

    operations = [postgresql_indexes("search_vector", INDEXES)]
