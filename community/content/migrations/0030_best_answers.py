"""Along this index are a person's best answers."""

from django.db import migrations, models
from django.db.models import F

from community.common.concurrent_indexes import AddIndexOnline

IS_BEST_ANSWER = models.Q(("deleted_at", None), ("hidden_at", None), ("score__gt", 0), ("role", "answer"))


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = True

    dependencies = [("content", "0026_best_posts"), ("content", "0029_post_links")]

    operations = [
        AddIndexOnline(
            "post",
            models.Index("author", F("score").desc(), F("id").desc(), name="author_best", condition=IS_BEST_ANSWER),
        ),
    ]
