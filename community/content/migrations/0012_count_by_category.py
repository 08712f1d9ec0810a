"""The numbers of public threads of categories, in a transaction that locks no thread.

Not in 0011, whose lock of the categories would stop all pages that name one while threads are counted.
"""

from django.db import migrations

COUNT = """
UPDATE content_category SET thread_count = (
    SELECT count(*) FROM content_thread t WHERE t.category_id = content_category.id
    AND t.published_at IS NOT NULL AND t.hidden_at IS NULL AND t.deleted_at IS NULL
)
"""


class Migration(migrations.Migration):
    is_post_deployment = False  # what the release before writes meanwhile is counted by 0013

    dependencies = [("content", "0011_category_counts")]

    operations = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
