"""Feeds, as far as the release before 0002 announced, removed, moved or tagged posts while it still ran.

The new job workers deliver the threads of that time again: as one job each, because their audiences may be large.
"""

from datetime import timedelta

from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Q
from django.utils import timezone

QUEUED = timedelta(hours=1)  # how old a job of an old worker may have been
LONGEST_DEPLOY = timedelta(days=2)


def deliver_again(apps, schema_editor) -> None:
    began = MigrationRecorder(schema_editor.connection).migration_qs.get(app="social", name="0002_feed_entries").applied
    threads = changed_since(apps, max(began - QUEUED, timezone.now() - LONGEST_DEPLOY))
    if threads:
        from community.content.tasks import redeliver_thread

        for pk in threads:
            redeliver_thread.enqueue(thread_id=pk)


def changed_since(apps, moment) -> list[int]:
    """Return the keys of threads with a post that was written or removed since, or that were moved or tagged."""
    written = Q(created_at__gte=moment) | Q(hidden_at__gte=moment) | Q(deleted_at__gte=moment)
    posts = apps.get_model("content", "Post").objects.filter(written).values_list("thread", flat=True)
    events = apps.get_model("content", "Event").objects.filter(created_at__gte=moment).values_list("thread", flat=True)
    return sorted({*posts, *events})


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("social", "0003_followers"), ("content", "0007_flat_lists")]

    operations = [migrations.RunPython(deliver_again, migrations.RunPython.noop)]
