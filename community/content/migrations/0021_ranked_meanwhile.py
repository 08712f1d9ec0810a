"""The best threads of each period, as far as the release before 0020 changed threads while it still ran."""

from importlib import import_module

from django.db import migrations
from django.db.models import F, Q

before = import_module("community.content.migrations.0020_rank_threads")


def rank_again(apps, schema_editor) -> None:
    """Remove rows of threads that have changed, a vote included, and list them anew."""
    as_filed = Q(category=F("thread__category")) | Q(category=None, thread__category=None)
    public = Q(thread__published_at__isnull=False, thread__hidden_at=None, thread__deleted_at=None)
    listings = apps.get_model("content", "TopListing").objects
    listings.exclude(public & as_filed & Q(score=F("thread__score"))).delete()
    before.rank(apps, schema_editor)


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("content", "0018_written_before"), ("content", "0020_rank_threads")]

    operations = [migrations.RunPython(rank_again, migrations.RunPython.noop)]
