from django.db import migrations, models

from community.common.concurrent_indexes import AddIndexOnline

NEWEST = (models.F("last_at").desc(), models.F("id").desc())
IS_LINE = models.Q(("line", None))
IS_UNREAD = models.Q(("line", None), ("read_at", None))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0005_last_of_lines")]

    operations = [
        AddIndexOnline(
            model_name="notification",
            index=models.Index("recipient", *NEWEST, condition=IS_LINE, name="notice_line"),
        ),
        AddIndexOnline(
            model_name="notification",
            index=models.Index("recipient", "verb", *NEWEST, condition=IS_LINE, name="notice_line_of_verb"),
        ),
        AddIndexOnline(
            model_name="notification",
            index=models.Index("recipient", "verb", "subject", condition=IS_UNREAD, name="notice_open"),
        ),
        AddIndexOnline(
            model_name="notification",
            index=models.Index("line", condition=models.Q(("line__isnull", False)), name="notice_joined"),
        ),
    ]
