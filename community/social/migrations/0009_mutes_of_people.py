"""A level *Muted* for a person becomes a mute, which does that and more: one way to do a thing.

The new release does not look at such levels, so the mutes are there before it. The one before goes on with the levels;
what it sets meanwhile is moved by 0011.
"""

from itertools import batched

from django.db import migrations

BATCH = 1_000


def mute(apps, schema_editor) -> None:
    Follow, Mute = apps.get_model("social", "Follow"), apps.get_model("mutes", "Mute")
    muted = Follow.objects.filter(person__isnull=False, level=0).values_list("follower_id", "person_id", "created_at")
    for rows in batched(muted.iterator(chunk_size=BATCH), BATCH):
        mutes = [Mute(person_id=follower, other_id=person, created_at=at) for follower, person, at in rows]
        Mute.objects.bulk_create(mutes, ignore_conflicts=True)


class Migration(migrations.Migration):
    is_post_deployment = False  # what the release before sets meanwhile is moved by 0011

    dependencies = [("social", "0008_bookmark_notes"), ("mutes", "0001_initial")]

    operations = [migrations.RunPython(mute, migrations.RunPython.noop)]
