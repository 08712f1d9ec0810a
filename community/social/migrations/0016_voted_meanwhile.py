"""Counts what was voted by the release before in the meantime."""

from importlib import import_module

from django.db import migrations

before = import_module("community.social.migrations.0014_counted_votes")


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = True

    dependencies = [("social", "0013_after_both"), ("social", "0015_agreements_and_marks")]

    operations = [migrations.RunPython(before.count, migrations.RunPython.noop)]
