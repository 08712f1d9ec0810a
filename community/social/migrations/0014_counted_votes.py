"""Counts the votes of each kind on posts, in batches: each locks the posts that it counts, as a vote does."""

from django.db import migrations, models, transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Cast, Coalesce

BATCH = 1_000


def count(apps, schema_editor) -> None:
    """Count the votes on posts whose counts are wrong, and write no others."""
    posts, reactions = apps.get_model("content", "Post").objects, apps.get_model("social", "Reaction").objects
    last = posts.aggregate(last=models.Max("pk"))["last"] or 0
    up, down = (_votes(reactions, value) for value in (1, -1))
    wrong = posts.annotate(up=up, down=down).exclude(up_count=F("up"), down_count=F("down")).order_by("pk")
    for after in range(0, last, BATCH):
        with transaction.atomic():
            batch = wrong.filter(pk__gt=after, pk__lte=after + BATCH)
            locked = list(batch.select_for_update().values_list("pk", flat=True))
            posts.filter(pk__in=locked).update(up_count=up, down_count=down, rank=_rank(up, down))


def _votes(reactions, value):
    found = reactions.filter(post=OuterRef("pk"), value=value).order_by().values("post")
    return Coalesce(Subquery(found.annotate(votes=Count("pk")).values("votes")), 0)


def _rank(up, down):
    return (Cast(up, models.BigIntegerField()) + 2) * 1_000_000 / (up + down + 4)


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = False  # votes of the release before are counted again by 0016

    dependencies = [("content", "0033_votes_and_marks"), ("social", "0012_bookmark_versions")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
