"""Along these indexes are the answers to a question, and the best posts of a thread."""

from django.db import migrations, models
from django.db.models import F

from community.common.concurrent_indexes import AddIndexOnline

IS_VOTED = models.Q(("deleted_at", None), ("hidden_at", None), ("score__gt", 0))
IS_ANSWER = models.Q(("role", "answer"))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("content", "0033_votes_and_marks")]

    operations = [
        AddIndexOnline(
            "post", models.Index("thread", F("rank").desc(), "number", condition=IS_ANSWER, name="answers_by_rank")
        ),
        AddIndexOnline(
            "post", models.Index("thread", F("rank").desc(), "number", condition=IS_VOTED, name="post_best_ranked")
        ),
    ]
