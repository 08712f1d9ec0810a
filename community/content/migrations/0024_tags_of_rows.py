"""Periods and tags of the rows that there are, in ranges of keys: a statement is in nobody's way for long."""

from datetime import timedelta

from django.db import migrations
from django.db.models import F, Max
from django.utils import timezone

DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
BATCH = 1_000
COLUMNS = [f"tag_{place}" for place in range(1, 6)]
NTH = """(SELECT filed.tag_id FROM content_thread_tags AS filed
    WHERE filed.thread_id = content_readposition.thread_id ORDER BY filed.tag_id LIMIT 1 OFFSET {})"""
TAGGED = f"""
UPDATE content_readposition SET {", ".join(f"{name} = {NTH.format(n)}" for n, name in enumerate(COLUMNS))}
WHERE id > %s AND id <= %s
    AND (tag_1 IS NOT NULL OR EXISTS (
        SELECT 1 FROM content_thread_tags AS filed WHERE filed.thread_id = content_readposition.thread_id))
"""


def fill(apps, schema_editor) -> None:
    listings, positions = (apps.get_model("content", name).objects for name in ("TagListing", "ReadPosition"))
    for keys in _ranges(listings):
        for period, days in DAYS.items():
            span = timedelta(days=days)
            recent = listings.filter(pk__gt=keys.start, pk__lte=keys.stop, published_at__gt=timezone.now() - span)
            recent.filter(period="").update(period=period, leaves_at=F("published_at") + span)
    with schema_editor.connection.cursor() as cursor:
        for keys in _ranges(positions):
            cursor.execute(TAGGED, [keys.start, keys.stop])


def _ranges(rows):
    last = rows.aggregate(last=Max("pk"))["last"] or 0
    return [range(after, after + BATCH) for after in range(0, last, BATCH)]


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = False  # what the release before writes meanwhile is filled by 0025

    dependencies = [("content", "0023_indexes_of_tags")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
