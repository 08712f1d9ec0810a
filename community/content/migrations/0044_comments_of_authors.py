"""Along this index are the comments on a profile."""

from django.db import migrations, models
from django.db.models import F

from community.common.concurrent_indexes import AddIndexOnline

SHOWN = models.Q(("deleted_at", None), ("hidden_at", None), ("role", "comment"))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("content", "0043_solved_at")]

    operations = [
        AddIndexOnline(
            "post",
            models.Index("author", F("created_at").desc(), F("id").desc(), condition=SHOWN, name="author_comments"),
        )
    ]
