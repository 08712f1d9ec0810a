"""The list of unread lines, in its order."""

from django.db import migrations, models

from community.common.concurrent_indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0020_letters_of_a_day")]

    operations = [
        AddIndexOnline(
            "notification",
            models.Index(
                "recipient",
                models.F("last_at").desc(),
                models.F("id").desc(),
                name="notice_line_unread",
                condition=models.Q(("line", None), ("read_at", None)),
            ),
        )
    ]
