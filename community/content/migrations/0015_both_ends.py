"""Joins the two ends: what is applied before a deploy cannot depend on 0013, which is applied after it."""

from django.db import migrations


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("content", "0013_counted_meanwhile"), ("content", "0014_withdrawn_answer")]
