"""Along these are the lists of what a person follows, of their followers, and of bookmarks with a reminder that is due."""

from django.db import migrations, models

from community.common.concurrent_indexes import AddIndexOnline

IS_FOLLOWED = models.Q(("level__gte", 2), ("person__isnull", False))
NEWEST = models.F("id").desc()


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = True

    dependencies = [("social", "0007_replaced_index"), ("social", "0009_mutes_of_people")]

    operations = [
        AddIndexOnline("follow", models.Index("follower", NEWEST, name="follow_own")),
        AddIndexOnline("follow", models.Index("person", NEWEST, condition=IS_FOLLOWED, name="follower_new")),
        AddIndexOnline(
            "bookmark",
            models.Index("remind_at", condition=models.Q(("remind_at__isnull", False)), name="bookmark_due"),
        ),
    ]
