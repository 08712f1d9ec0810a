"""Columns for the lists of a tag: the period of a thread, and the tags of a read position."""

from django.db import migrations, models

PERIODS = [("day", "Day"), ("week", "Week"), ("month", "Month"), ("year", "Year")]


class Migration(migrations.Migration):
    dependencies = [("content", "0020_rank_threads")]

    operations = [
        migrations.AddField(
            "taglisting",
            "period",
            models.CharField(blank=True, choices=PERIODS, db_default="", default="", max_length=5),
        ),
        migrations.AddField("taglisting", "leaves_at", models.DateTimeField(blank=True, null=True)),
        *(
            migrations.AddField("readposition", f"tag_{place}", models.BigIntegerField(blank=True, null=True))
            for place in range(1, 6)
        ),
    ]
