"""Votes of each kind, what they make of the order of posts, and what else is said of an answer; `social` counts."""

from django.db import migrations, models

from community.common.new_columns import AddColumn

NONE = {"default": 0, "db_default": 0, "editable": False}
NO_VOTES = {"default": 500_000, "db_default": 500_000, "editable": False}
NO_EMBED = {"blank": True, "default": "", "db_default": "", "editable": False, "max_length": 64}


class Migration(migrations.Migration):
    dependencies = [("content", "0032_thread_held_at")]

    operations = [
        AddColumn("post", "up_count", models.IntegerField(**NONE)),
        AddColumn("post", "down_count", models.IntegerField(**NONE)),
        AddColumn("post", "rank", models.IntegerField(**NO_VOTES)),
        AddColumn("post", "agree_count", models.IntegerField(**NONE)),
        AddColumn("post", "mark_count", models.SmallIntegerField(**NONE)),
        AddColumn("thread", "solved_embed", models.CharField(**NO_EMBED)),
    ]
