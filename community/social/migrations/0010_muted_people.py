"""A level *Muted* for a person becomes a mute, which does that and more: one way to do a thing."""

from django.db import migrations

BATCH = 1_000


def mute(apps, schema_editor) -> None:
    Follow, Mute = apps.get_model("social", "Follow"), apps.get_model("mutes", "Mute")
    muted = Follow.objects.filter(person__isnull=False, level=0).order_by("pk")
    while rows := list(muted.values_list("pk", "follower_id", "person_id", "created_at")[:BATCH]):
        Mute.objects.bulk_create(
            [Mute(person_id=follower, other_id=person, created_at=at) for _key, follower, person, at in rows],
            ignore_conflicts=True,
        )
        Follow.objects.filter(pk__in=[row[0] for row in rows]).delete()


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("social", "0009_indexes_of_own_lists"), ("mutes", "0001_initial")]

    operations = [migrations.RunPython(mute, migrations.RunPython.noop)]
