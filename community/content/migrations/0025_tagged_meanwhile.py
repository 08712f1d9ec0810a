"""Periods and tags of rows that the release before 0022 wrote while it still ran."""

from importlib import import_module

from django.db import migrations

before = import_module("community.content.migrations.0024_tags_of_rows")


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = True

    dependencies = [("content", "0021_ranked_meanwhile"), ("content", "0024_tags_of_rows")]

    operations = [migrations.RunPython(before.fill, migrations.RunPython.noop)]
