"""Along it, the release before counts followers. What is muted it takes for followed, and brings into feeds."""

from django.db import migrations

from community.common.concurrent_indexes import RemoveIndexOnline


def withdraw(apps, schema_editor) -> None:
    from community.accounts.models import User
    from community.social import feeds

    follows = apps.get_model("social", "Follow").objects.filter(level__lt=2)
    for reader in list(follows.order_by("follower").values_list("follower", flat=True).distinct()):
        feeds.withdraw(User(pk=reader))


class Migration(migrations.Migration):
    is_post_deployment = True
    atomic = False

    dependencies = [("social", "0004_delivered_meanwhile"), ("social", "0006_followed_by")]

    operations = [
        RemoveIndexOnline("follow", "follower_of_person"),
        migrations.RunPython(withdraw, migrations.RunPython.noop),
    ]
