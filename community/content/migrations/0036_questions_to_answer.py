"""Along these indexes are the unanswered questions, without those on hold."""

from django.db import migrations, models
from django.db.models import F

from community.common.concurrent_indexes import AddIndexOnline

TO_ANSWER = models.Q(
    ("deleted_at", None),
    ("hidden_at", None),
    ("published_at__isnull", False),
    ("answer_count", 0),
    ("held_at", None),
    ("kind", "question"),
)


def index(*before: str) -> AddIndexOnline:
    name = "_".join([*before, "to_answer"])
    order = (F("published_at").desc(), F("id").desc())
    return AddIndexOnline("thread", models.Index(*before, *order, condition=TO_ANSWER, name=name))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("content", "0034_ranked_posts")]

    operations = [index(), index("category"), index("author")]
