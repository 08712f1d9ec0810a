"""What was set to *Muted* by the release before in the meantime becomes a mute too, and none of these levels are left."""

from importlib import import_module

from django.db import migrations

before = import_module("community.social.migrations.0009_mutes_of_people")


def mute(apps, schema_editor) -> None:
    from community.accounts.models import User
    from community.social import feeds

    before.mute(apps, schema_editor)
    muted = apps.get_model("social", "Follow").objects.filter(person__isnull=False, level=0)
    for reader in list(muted.order_by("follower").values_list("follower", flat=True).distinct()):
        feeds.withdraw(User(pk=reader))
    muted.delete()


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("social", "0010_indexes_of_own_lists")]

    operations = [migrations.RunPython(mute, migrations.RunPython.noop)]
