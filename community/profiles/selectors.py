"""What is above the lists of a profile: the same for everybody who sees the profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import FETCH_RAISE, Case, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.urls import reverse
from django.utils import timezone

from community.accounts.models import User
from community.common import page_cache
from community.common.page_cache import shared_part
from community.common.subqueries import looked_up
from community.content import topics
from community.content.models import Post, Thread
from community.experiments.selectors import listed_among, run_briefs
from community.profiles.drawing import Year, year_until
from community.profiles.models import Calendar, Pin

MOST_PINS = 3
BEST_ANSWERS = 3
MOST_SUMMED = 1_000  # answers, the newest
POST_BYTES = 8 * 1024
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pinned:
    """A pin with what it shows: a post, or else the words of a run."""

    key: int
    post: Post | None = None
    run: Any = None

    @property
    def url(self) -> str:
        return self.post.get_absolute_url() if self.post else reverse("experiments:run", args=[self.run.spec_hash])


@dataclass(frozen=True, slots=True)
class Overview:
    pinned: Sequence[Pinned]
    best_answers: Sequence[Post]
    year: Year

    def __bool__(self) -> bool:
        return bool(self.pinned or self.best_answers or self.year.days)

    def weight(self) -> int:
        """Return about how many bytes it takes."""
        return POST_BYTES * (len(self.pinned) + len(self.best_answers)) + 100 * len(self.year.days)


def overview(person: User) -> Overview:
    return shared_part(("profile overview", person.pk), lambda: _read(person), Overview.weight)


def pins_of(owner: User) -> list[Pin]:
    """Return a person's pins in order, with post and thread: of posts that everybody sees, and of runs that everybody's
    lists show as theirs.
    """
    shown = Post.objects.public().filter(pk=OuterRef("post"))
    rows = Pin.objects.filter(Q(post=None) | looked_up(shown), owner=owner).order_by("position", "pk")
    pins = list(rows.select_related("post__thread").fetch_mode(FETCH_RAISE))
    listed = listed_among(owner, [pin.spec_hash for pin in pins if pin.spec_hash])
    return [pin for pin in pins if pin.post or pin.spec_hash in listed]


def best_answers(person: User) -> QuerySet[Post]:
    """Return a person's answers with votes, the best first."""
    public = Thread.objects.public().filter(pk=OuterRef("thread"))
    rows = Post.objects.answers().filter(looked_up(public), author=person, score__gt=0, hidden_at=None, deleted_at=None)
    return rows.select_related("thread").order_by("-score", "-pk")


class Received(NamedTuple):
    """Votes of each kind on a person's answers, and how many of these were accepted."""

    up: int = 0
    down: int = 0
    accepted: int = 0


def received(answers: QuerySet[Post]) -> Received:
    """Return the sum of what the newest of these answers have received."""
    is_accepted = Case(When(thread__solved_post=F("pk"), then=Value(1)), default=Value(0))
    newest = answers.annotate(is_accepted=is_accepted).order_by("-created_at", "-pk")[:MOST_SUMMED]
    columns = {"up": "up_count", "down": "down_count", "accepted": "is_accepted"}
    return Received(**newest.aggregate(**{name: Sum(column, default=0) for name, column in columns.items()}))


def _read(person: User) -> Overview:
    topics.shows_person(person.pk)
    topics.shows_publicity()
    pinned = _pinned(person)
    best = list(best_answers(person).fetch_mode(FETCH_RAISE)[:BEST_ANSWERS])
    for post in [*best, *(pin.post for pin in pinned if pin.post)]:
        topics.shows_thread(post.thread)
    return Overview(pinned, best, _year(person))


def _year(person: User) -> Year:
    now = timezone.now().astimezone(UTC)
    page_cache.expires_in((datetime.combine(now.date() + DAY, time(), UTC) - now).total_seconds())
    days = Calendar.objects.filter(pk=person.pk).values_list("days", flat=True).first()
    return year_until(now.date(), days or {})


def _pinned(person: User) -> list[Pinned]:
    pins = pins_of(person)[:MOST_PINS]
    runs = run_briefs([pin.spec_hash for pin in pins if pin.spec_hash])
    found = (Pinned(pin.pk, pin.post, runs.get(pin.spec_hash)) for pin in pins)
    return [each for each in found if each.post or each.run]
