"""Every notification of before is a line with one event. What the release before writes meanwhile is as new as its row."""

from django.db import migrations, models

BATCH = 5_000  # rows in one statement, which holds SQLite's write lock
COPY = """
UPDATE notifications_notification SET last_at = created_at
WHERE id > %s AND id <= %s AND line_id IS NULL AND size = 1
"""


def copy_times(apps, schema_editor) -> None:
    last = apps.get_model("notifications", "Notification").objects.aggregate(last=models.Max("pk"))["last"] or 0
    with schema_editor.connection.cursor() as cursor:
        for after in range(0, last, BATCH):
            cursor.execute(COPY, [after, after + BATCH])


class Migration(migrations.Migration):
    is_post_deployment = False
    atomic = False

    dependencies = [("notifications", "0004_lines")]

    operations = [migrations.RunPython(copy_times, migrations.RunPython.noop)]
