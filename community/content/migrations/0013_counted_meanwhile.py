"""The numbers of threads of categories, as far as the release before 0012 changed threads while it still ran."""

from django.db import migrations

COUNT = """
UPDATE content_category SET thread_count = (
    SELECT count(*) FROM content_thread t WHERE t.category_id = content_category.id
    AND t.published_at IS NOT NULL AND t.hidden_at IS NULL AND t.deleted_at IS NULL
)
"""


def count(apps, schema_editor) -> None:
    """Lock the categories first, in the order of all who count: what they have committed is in the next statement."""
    categories = apps.get_model("content", "Category").objects.using(schema_editor.connection.alias)
    list(categories.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(COUNT)


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("content", "0009_listed_meanwhile"), ("content", "0012_count_by_category")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
