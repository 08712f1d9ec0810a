"""When people were here, for what is new since their last visit. A visit ends after half an hour without a page.

A page reads it with the person, without a query of its own, and it is written after the page has been sent, every few
minutes. So it is known to a few minutes, and what came in the last ones of a visit may be called new on the next.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from django.db.models import Case, F, Q, When
from django.utils import timezone

from community.accounts.models import User
from community.common import afterwards
from community.common.prepared import PreparedUpdate, place

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

ENDS_AFTER = timedelta(minutes=30)
NOTED_EVERY = timedelta(minutes=5)


def last_visit(reader: User | AnonymousUser) -> datetime | None:
    """Return when the visit before this one ended; None for a visitor and on the first visit."""
    if not reader.is_authenticated or reader.seen_at is None:
        return None
    return reader.seen_at if reader.seen_at < timezone.now() - ENDS_AFTER else reader.visited_at


def note_later(person: User) -> None:
    """Note that a person has opened a page, once it has been sent."""
    if person.seen_at is None or abs(timezone.now() - person.seen_at) > NOTED_EVERY:
        afterwards.add(("visit", person.pk), partial(note, person.pk))


def note(key: int) -> None:
    """Note that the person with this key is here: in one statement, so that two pages at once begin one visit.

    Where a clock went wrong, the time of the last page may be ahead; it is set right.
    """
    now = timezone.now()
    _noted().run(person=key, now=now, lately=now - NOTED_EVERY, ended=now - ENDS_AFTER)


@cache
def _noted() -> PreparedUpdate:
    has_ended = Q(seen_at__lt=place("ended"))
    return PreparedUpdate(
        lambda: User.objects.filter(pk=place("person")).exclude(seen_at__range=(place("lately"), place("now"))),
        visited_at=Case(When(has_ended, then=F("seen_at")), default=F("visited_at")),
        seen_at=place("now"),
    )
