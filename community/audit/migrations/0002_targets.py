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


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(point_at_posts, migrations.RunPython.noop)]
