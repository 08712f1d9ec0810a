"""The lists of tags, filled by a migration of its own.

0006 adds foreign keys, which nobody can write to a thread beside, and so must not fill the table in the same transaction.
Here each batch is a transaction, because a row that refers to a thread keeps it from being changed until it is committed.
What is listed already stays, so this can be applied again, and where 0006 has still filled the table it adds nothing.
"""

from django.db import migrations

THREADS = 2_000
LAST = "SELECT coalesce(max(id), 0) FROM content_thread"
ADD = """
INSERT INTO content_taglisting (tag_id, thread_id, last_post_at, published_at, score, is_unanswered)
SELECT g.tag_id, t.id, t.last_post_at, t.published_at, t.score, t.kind = 'question' AND t.answer_count = 0
FROM content_thread_tags g JOIN content_thread t ON t.id = g.thread_id
WHERE t.id > %s AND t.id <= %s AND t.published_at IS NOT NULL AND t.hidden_at IS NULL AND t.deleted_at IS NULL
ON CONFLICT (tag_id, thread_id) DO NOTHING
"""


def fill(apps, schema_editor) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(LAST)
        [last] = cursor.fetchone()
        for first in range(0, last, THREADS):
            cursor.execute(ADD, [first, first + THREADS])


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = False  # what the release before writes meanwhile is listed by 0009

    dependencies = [("content", "0007_flat_lists")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
