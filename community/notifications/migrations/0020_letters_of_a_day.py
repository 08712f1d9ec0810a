"""The letters of a day are counted."""

from django.db import migrations, models

from community.common.new_columns import AddColumn


class Migration(migrations.Migration):
    dependencies = [("notifications", "0018_stopped_from")]

    operations = [
        AddColumn("mailbox", "day_at", models.DateTimeField(blank=True, null=True)),
        AddColumn("mailbox", "in_day", models.SmallIntegerField(db_default=0, default=0)),
    ]
