"""Joins the ends of what is applied before and after a deploy."""

from django.db import migrations


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("content", "0030_best_answers"), ("content", "0031_tags_in_order")]

    operations = []
