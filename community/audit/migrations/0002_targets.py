"""Entries point at their post by kind and key; actions have the names of `audit.actions`."""

from django.db import migrations
from django.db.models import F

ACTIONS = {
    "locked": "lock",
    "unlocked": "unlock",
    "pinned": "pin",
    "unpinned": "unpin",
    "moved": "move",
    "restore": "unhide",
    "undelete": "restore",
}


def point_at_posts(apps, schema_editor):
    """Entries about a post that is gone keep its kind; 0 is the key of no row."""
    entries = apps.get_model("audit", "AuditEntry").objects.using(schema_editor.connection.alias)
    entries.filter(post__isnull=False).update(target_id=F("post_id"))
    for old, new in ACTIONS.items():
        entries.filter(action=old).update(action=new)


def point_back(apps, schema_editor):
    """Entries about other rows than posts keep no target: the table of before had none for them."""
    alias = schema_editor.connection.alias
    posts = apps.get_model("content", "Post").objects.using(alias).values("pk")
    entries = apps.get_model("audit", "AuditEntry").objects.using(alias)
    entries.filter(target_kind="post", target_id__in=posts).update(post_id=F("target_id"))
    for old, new in reversed(ACTIONS.items()):
        entries.filter(action=new).update(action=old)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(point_at_posts, point_back)]
