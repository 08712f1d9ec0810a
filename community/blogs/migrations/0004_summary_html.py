"""The summary of an article with its formulas."""

from django.db import migrations, models

from community.common.new_columns import AddColumn


class Migration(migrations.Migration):
    dependencies = [("blogs", "0002_series")]

    operations = [
        AddColumn("article", "summary_html", models.TextField(blank=True, db_default="", default="")),
        AddColumn("article", "summary_html_version", models.SmallIntegerField(db_default=0, default=0)),
    ]
