"""The best threads of each period, in batches: a row that refers to a thread keeps it from being changed meanwhile."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
BATCH = 1_000


def rank(apps, schema_editor) -> None:
    """List what is not listed yet."""
    threads, listings = (apps.get_model("content", name).objects for name in ("Thread", "TopListing"))
    now = timezone.now()
    public = threads.filter(published_at__isnull=False, hidden_at=None, deleted_at=None).order_by("pk")
    for period, days in DAYS.items():
        recent, after = public.filter(published_at__gt=now - timedelta(days=days)), 0
        while rows := list(recent.filter(pk__gt=after).values("pk", "kind", "category", "score", "published_at")[:BATCH]):
            after = rows[-1]["pk"]
            found = [_listing(listings.model, period, timedelta(days=days), **row) for row in rows]
            listings.bulk_create(found, ignore_conflicts=True)


def _listing(model, period, span, *, pk, category, published_at, **copied):
    return model(period=period, thread_id=pk, category_id=category, leaves_at=published_at + span, **copied)


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = False  # what the release before writes meanwhile is listed by 0021

    dependencies = [("content", "0019_best_of_periods")]

    operations = [migrations.RunPython(rank, migrations.RunPython.noop)]
