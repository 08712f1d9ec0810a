"""Threads that people wrote in before there were read positions: all of them are read as far as they go now."""

from django.db import migrations, models

BATCH = 500  # threads in one statement, which holds SQLite's write lock
READ = """
INSERT INTO content_readposition (reader_id, thread_id, number, read_at, newest, last_post_at, kind, category_id)
SELECT DISTINCT post.author_id, thread.id, thread.last_number, CURRENT_TIMESTAMP,
    COALESCE((SELECT max(shown.number) FROM content_post AS shown
        WHERE shown.thread_id = thread.id AND shown.hidden_at IS NULL AND shown.deleted_at IS NULL), 0),
    thread.last_post_at, thread.kind, thread.category_id
FROM content_thread AS thread INNER JOIN content_post AS post ON post.thread_id = thread.id
WHERE thread.id > %s AND thread.id <= %s AND thread.published_at IS NOT NULL
ON CONFLICT (reader_id, thread_id) DO NOTHING
"""


def read_all(apps, schema_editor) -> None:
    last = apps.get_model("content", "Thread").objects.aggregate(last=models.Max("pk"))["last"] or 0
    with schema_editor.connection.cursor() as cursor:
        for after in range(0, last, BATCH):
            cursor.execute(READ, [after, after + BATCH])


class Migration(migrations.Migration):
    is_post_deployment = True
    atomic = False

    dependencies = [("content", "0016_withdrawn_index"), ("content", "0017_read_positions")]

    operations = [migrations.RunPython(read_all, migrations.RunPython.noop)]
