"""The timeline of a long thread: where in it a page is, and jumps by number and date, in one query.

Its marks are posts of any role: the comments on two answers may be the whole thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q, Subquery
from django.utils import timezone

from community.common import page_cache

from . import policies
from .discussion import BEST, OPENING, Discussion, is_long
from .models import Post, Thread
from .querysets import Reader

MARKS = 9
MARKS_BYTES = 200 * MARKS
EARLIEST, LATEST = date(1900, 1, 1), date(9000, 1, 1)  # what lies beyond has no time in some zones


@dataclass(frozen=True, slots=True)
class Mark:
    """A public post about as far into a thread as its place among the marks."""

    number: int
    at: datetime
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """`here` is the number of the post with which the page begins, `last` the newest one of the thread.

    `is_followed` if the page's posts are in order of time, so that reading on is going on in time.
    """

    marks: list[Mark]
    here: int
    last: int
    is_followed: bool

    @property
    def is_of_hours(self) -> bool:
        """Whether the marks are so close that their dates alone do not tell them apart."""
        return self.marks[-1].at - self.marks[0].at < timedelta(days=MARKS)


def timeline(thread: Thread, shown: Discussion) -> Timeline | None:
    """Return the timeline of a page of a long thread; None for a short one, and above its best posts."""
    if not is_long(thread) or shown.view == BEST:
        return None
    here, found = _here(shown), _marks(thread)
    last_before = max((number for number, _at in found if number <= here), default=0)
    marks = [
        Mark(number, at, thread.address_in_time(number, shown.view), number == last_before) for number, at in found
    ]
    return Timeline(marks, here, thread.last_number, shown.order != "best") if marks else None


def nearest(thread: Thread, reader: Reader, number: int) -> int:
    """Return the number of the first post at or after this one that the reader sees, else that of the last one."""
    seen = Post.objects.visible_in(thread, reader).values_list("number", flat=True)
    found = seen.filter(number__gte=number).order_by("number").first()
    return found or seen.order_by("-number").first() or OPENING


def nearest_on(thread: Thread, reader: Reader, day: date) -> int:
    """Return the number of the first post that they see since this day of the reader's zone, else of the last one."""
    since = timezone.make_aware(datetime.combine(min(max(day, EARLIEST), LATEST), time.min))
    seen = Post.objects.visible_in(thread, reader).values_list("number", flat=True)
    found = seen.filter(created_at__gte=since).order_by("number").first()
    return found or seen.order_by("-number").first() or OPENING


def _here(shown: Discussion) -> int:
    if shown.marked:
        return shown.marked
    return OPENING if shown.is_first else shown.branches[0].post.number


def _marks(thread: Thread) -> Sequence[tuple[int, datetime]]:
    """Return numbers and times of a few public posts below the opening one, evenly spaced by number."""
    if not policies.is_public(thread):
        return _read(thread)
    return page_cache.shared_part(("timeline", thread.pk), lambda: _read(thread), lambda marks: MARKS_BYTES)


def _read(thread: Thread) -> list[tuple[int, datetime]]:
    # Each query has one lower bound of the number: of two, SQLite reads from the lower one.
    public = Post.objects.filter(thread=thread, hidden_at=None, deleted_at=None).order_by("number").values("pk")
    wanted = {max(1 + place * (thread.last_number - 1) // MARKS, OPENING + 1) for place in range(MARKS)}
    first_from = [Q(pk=Subquery(public.filter(number__gte=number)[:1])) for number in sorted(wanted)]
    last = Q(pk=Subquery(public.filter(number__gt=OPENING).order_by("-number")[:1]))
    return list(
        Post.objects.filter(reduce(or_, first_from, last)).order_by("number").values_list("number", "created_at")
    )
