from django.db import migrations, models

from community.common.concurrent_indexes import AddIndexOnline

IS_FOLLOWED = models.Q(("level__gte", 2), ("person__isnull", False))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("social", "0005_levels")]

    operations = [
        AddIndexOnline(
            model_name="follow",
            index=models.Index("person", "follower", condition=IS_FOLLOWED, name="person_followed_by"),
        ),
    ]
