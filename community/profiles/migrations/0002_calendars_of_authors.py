"""Everybody who has written anything, also with the release before, gets a calendar, which housekeeping counts."""

from datetime import date

from django.db import migrations
from django.db.models import Exists, OuterRef

BATCH = 1_000
BEFORE_EVERYTHING = date(2000, 1, 1)


def begin(apps, schema_editor) -> None:
    User, Post = apps.get_model("accounts", "User"), apps.get_model("content", "Post")
    Calendar = apps.get_model("profiles", "Calendar")
    has_written = Exists(Post.objects.filter(author=OuterRef("pk")))
    people, after = User.objects.filter(has_written).order_by("pk").values_list("pk", flat=True), 0
    while found := list(people.filter(pk__gt=after)[:BATCH]):
        rows = [Calendar(person_id=key, stale_from=BEFORE_EVERYTHING) for key in found]
        Calendar.objects.bulk_create(rows, ignore_conflicts=True)
        Calendar.objects.filter(pk__in=found).update(stale_from=BEFORE_EVERYTHING)
        after = found[-1]


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = True

    dependencies = [("profiles", "0001_initial"), ("content", "0030_best_answers")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
