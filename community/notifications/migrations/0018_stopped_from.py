"""How often a topic came by email before a link ended it."""

from django.db import migrations, models

from community.common.new_columns import AddColumn

FREQUENCIES = [("never", "Never"), ("immediately", "Immediately"), ("daily", "Daily"), ("weekly", "Weekly")]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0016_saved_searches")]

    operations = [
        AddColumn(
            "preference",
            "stopped_from",
            models.CharField(blank=True, choices=FREQUENCIES, db_default="", default="", max_length=12),
        ),
    ]
