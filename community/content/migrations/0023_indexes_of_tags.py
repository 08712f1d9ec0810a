from django.db import migrations, models

from community.common.concurrent_indexes import AddIndexOnline

BEST = models.Index(
    "tag",
    "period",
    models.F("score").desc(),
    models.F("thread").desc(),
    condition=models.Q(("period", ""), _negated=True),
    name="tag_best",
)
LEAVES = models.Index("leaves_at", condition=models.Q(("leaves_at__isnull", False)), name="tag_leaves")


def unread_of(column: str) -> models.Index:
    condition = models.Q(("newest__gt", models.F("number")), (f"{column}__isnull", False))
    order = (models.F("last_post_at").desc(), models.F("thread").desc())
    return models.Index("reader", column, *order, condition=condition, name=f"unread_{column}")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("content", "0022_tags_as_other_lists")]

    operations = [
        AddIndexOnline("taglisting", BEST),
        AddIndexOnline("taglisting", LEAVES),
        *(AddIndexOnline("readposition", unread_of(f"tag_{place}")) for place in range(1, 6)),
    ]
