from django.db import migrations

from community.content.shelves import SHELVES


def fill(apps, schema_editor):
    category = apps.get_model("content", "Category")
    made = {}
    for position, shelf in enumerate(SHELVES):
        made[shelf.slug], _ = category.objects.get_or_create(
            slug=shelf.slug,
            defaults={
                "parent": made.get(shelf.parent),
                "name": shelf.en.name,
                "name_zh": shelf.zh.name,
                "description": shelf.en.description,
                "description_zh": shelf.zh.description,
                "tone": shelf.tone,
                "position": position,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("content", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
