"""Page-sized reads."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from community.audit.actions import Action
from community.common.errors import NotFound
from community.content.models import Event, Thread
from community.content.querysets import Reader
from community.content.selectors import with_page
from community.social.models import Follow


def thread_for(reader: Reader, pk: int) -> Thread:
    """A thread this reader sees, with everything its page says of it. Raises NotFound."""
    thread = _with_ties(Thread.objects.visible_to(reader), reader).filter(pk=pk).first()
    if thread is None:
        raise NotFound
    return thread


def events_of(thread: Thread) -> list[Event]:
    """What staff did, oldest first; asked for only when there is something."""
    if not getattr(thread, "has_events", True):
        return []
    rows = Event.objects.filter(thread=thread).exclude(action=Action.RETAG)  # tags are told in the history
    return list(rows.select_related("actor", "from_category", "category"))


def _with_ties(threads: QuerySet, reader: Reader) -> QuerySet:
    mine = reader.pk if reader.is_authenticated else 0
    return with_page(threads, reader).annotate(
        has_events=Exists(Event.objects.filter(thread=OuterRef("pk"))),
        is_followed=Exists(Follow.objects.filter(thread=OuterRef("pk"), follower=mine)),
    )
