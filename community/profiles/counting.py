"""Contributions of a person by day, in UTC: counted by housekeeping after something was written, hidden or restored.

So a profile reads one row, whoever has written five posts or fifty thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from itertools import batched

from django.db import connection
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from community.common import housekeeping
from community.content import audience
from community.content.models import Kind, Post, Role, Thread
from community.experiments.selectors import runs_by_day
from community.profiles.models import Calendar

KINDS = ("post", "answer", "article", "run")
POSTS, ANSWERS, ARTICLES, RUNS = range(len(KINDS))
KEPT = timedelta(days=371)  # 53 weeks
COUNTED_AT_ONCE = 50
BATCH = 1_000
MARK = """
INSERT INTO profiles_calendar (person_id, days, stale_from, marks) VALUES {}
ON CONFLICT (person_id) DO UPDATE SET marks = profiles_calendar.marks + 1,
stale_from = CASE WHEN profiles_calendar.stale_from < excluded.stale_from THEN profiles_calendar.stale_from
ELSE excluded.stale_from END
"""


def register() -> None:
    audience.register(audience.Delivery(written, changed, edited=written))
    housekeeping.register("calendars of contributions", count_some)


def written(post: Post) -> None:
    mark([post.author_id], _day(post.created_at))


def changed(thread_id: int) -> None:
    """Count again what everyone has written in a thread, which may be hidden or restored."""
    began = Thread.objects.filter(pk=thread_id).values_list("published_at", flat=True).first()
    if began is None:
        return
    authors = Post.objects.filter(thread=thread_id).order_by().values_list("author", flat=True).distinct()
    for people in batched(sorted(authors), BATCH):
        mark(people, _day(began))


def mark(people: Collection[int], since: date) -> None:
    """Say that the calendars of these people are to be counted again from a day on: one statement, in order of keys."""
    keys, day = sorted(people), connection.ops.adapt_datefield_value(since)
    values = ", ".join(["(%s, '{}', %s, 1)"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(MARK.format(values), [each for key in keys for each in (key, day)])


def count_some() -> int:
    """Count some of the calendars that are not right any more. Returns how many.

    Half of them are those of which the fewest days are to be counted: whoever writes now does not wait until all
    authors of a long thread, or after an upgrade all authors of the site, have been counted.
    """
    stale = Calendar.objects.filter(stale_from__isnull=False)
    rows = list(stale.order_by("-stale_from", "-pk")[: COUNTED_AT_ONCE // 2])
    others = stale.exclude(pk__in=[row.pk for row in rows]).order_by("stale_from", "pk")
    rows += others[: COUNTED_AT_ONCE - len(rows)]
    for row in rows:
        _count(row)
    return len(rows)


def _count(row: Calendar) -> None:
    """Count a calendar, unless it is said meanwhile that it is to be counted again: then it is, the next time."""
    begins = _day(timezone.now()) - KEPT
    since = max(row.stale_from or begins, begins)
    kept = {day: counts for day, counts in row.days.items() if begins.isoformat() <= day < since.isoformat()}
    days = kept | _counted(row.pk, since)
    Calendar.objects.filter(pk=row.pk, marks=row.marks).update(days=days, stale_from=None)


def _counted(person: int, since: date) -> dict[str, list[int]]:
    """Return what everybody can see of a person's contributions from a day on."""
    began = datetime.combine(since, time(), UTC)
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(KINDS))
    posts = Post.objects.public().filter(author=person, created_at__gte=began).order_by()
    by_day = posts.annotate(day=TruncDate("created_at", tzinfo=UTC)).values_list("day", "role", "thread__kind")
    for day, role, kind, count in by_day.annotate(count=Count("pk")):
        found[day.isoformat()][_kind_of(role, kind)] += count
    for day, count in runs_by_day(person, began).items():
        found[day.isoformat()][RUNS] += count
    return dict(found)


def _kind_of(role: str, kind: str) -> int:
    if role == Role.ANSWER:
        return ANSWERS
    return ARTICLES if role == Role.OPENING and kind == Kind.ARTICLE else POSTS


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
