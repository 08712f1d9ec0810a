from django.db import migrations, models

from community.common.concurrent_indexes import AddIndexOnline

IS_VOTED = models.Q(("deleted_at", None), ("hidden_at", None), ("score__gt", 0))


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = True

    dependencies = [("content", "0025_tagged_meanwhile")]

    operations = [
        AddIndexOnline(
            "post",
            models.Index("thread", models.F("score").desc(), "number", condition=IS_VOTED, name="post_best"),
        ),
    ]
