"""A tag whose name is another word than its slug has a synonym of that name, so that it is found as it is called.

Forms of the releases before let the two differ.
"""

import re
import unicodedata

from django.db import migrations

LENGTH = 40
EDGES = " \t-_.,;:/\\"
AT_ONCE = 1_000


def slug_of(name):
    """Return what is typed for this name, with what is shown of it; both empty if nobody can type it."""
    shown = re.sub(r"\s+", "-", unicodedata.normalize("NFKC", name).strip()).strip(EDGES)
    slug = unicodedata.normalize("NFKC", shown.casefold())
    typed = all(mark in "-+#._" or unicodedata.category(mark)[0] in "LMN" for mark in slug)
    if not typed or len(slug) > LENGTH or len(shown) > LENGTH or not any(mark.isalnum() for mark in slug):
        return "", ""
    return slug, shown


def give_rows(apps, schema_editor):
    Tag = apps.get_model("content", "Tag")
    rows, new = Tag.objects.filter(synonym_of=None).order_by("pk").values_list("pk", "slug", "name"), {}
    for pk, slug, name in rows.iterator(chunk_size=AT_ONCE):
        called, shown = slug_of(name)
        if called and called != slug:
            new.setdefault(called, Tag(slug=called, name=shown, synonym_of_id=pk))
    Tag.objects.bulk_create(new.values(), batch_size=AT_ONCE, ignore_conflicts=True)


class Migration(migrations.Migration):
    is_post_deployment = True  # the release before knows no synonyms: to it these are tags

    dependencies = [("content", "0037_replaced_unanswered")]

    operations = [migrations.RunPython(give_rows, migrations.RunPython.noop)]
