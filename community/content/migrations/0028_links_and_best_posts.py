"""Joins the two ends of the migrations."""

from django.db import migrations


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("content", "0026_best_posts"), ("content", "0027_post_links")]
    operations: list[migrations.operations.base.Operation] = []
