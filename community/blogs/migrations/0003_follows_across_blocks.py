"""Ends follows of series across blocks that were made before a block ended them."""

from django.db import migrations
from django.db.models import Exists, OuterRef, Q


def end(apps, schema_editor):
    follows = apps.get_model("blogs", "SeriesFollow").objects.using(schema_editor.connection.alias)
    blocks = apps.get_model("mutes", "Mute").objects.filter(is_block=True, person__is_staff=False, other__is_staff=False)
    one, other = OuterRef("follower"), OuterRef("series__owner")
    between = Q(person=one, other=other) | Q(person=other, other=one)
    follows.filter(Exists(blocks.filter(between))).delete()


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("blogs", "0002_series"), ("mutes", "0001_initial")]

    operations = [migrations.RunPython(end, migrations.RunPython.noop)]
