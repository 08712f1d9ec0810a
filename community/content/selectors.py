"""Page-sized reads."""

from __future__ import annotations

from copy import copy
from functools import cache
from uuid import UUID

from django.db.models import Exists, OuterRef

from community.accounts.models import User
from community.audit.actions import Action
from community.common import page_cache
from community.common.errors import NotFound
from community.common.lookups import get_or_not_found
from community.common.prepared import Prepared, place
from community.content import reader_state
from community.content.listed_tags import find_tags
from community.content.models import Event, Post, Thread
from community.content.querysets import Reader, ThreadQuerySet
from community.mutes.selectors import met_by

THREAD_BYTES = 16 * 1024
_public: dict[str, Prepared] = {}
MISSED = 3


def thread_for(reader: Reader, pk: int, rows: ThreadQuerySet | None = None, name: str = "") -> Thread:
    """Return a thread visible to this reader, with everything its page shows. Raises NotFound.

    `rows` are the threads among which it must be, and `name` says which these are.
    """
    thread = _shared(rows, name, pk)
    if thread is None:
        found = (_pages() if rows is None else _with_page(rows)).filter(pk=pk)
        thread = _with_tags(found.visible_to(reader).first())
    if thread is None:
        raise NotFound
    reader_state.set_on(thread, reader)
    return thread


def _shared(rows: ThreadQuerySet | None, name: str, pk: int) -> Thread | None:
    """Return a copy of what everybody sees of a public thread."""
    if not page_cache.keeps_parts():
        return None
    if name not in _public:
        public = (_pages() if rows is None else _with_page(rows)).public()
        _public[name] = Prepared(lambda: public.filter(pk=place("thread")))

    def read() -> Thread | None:
        page_cache.depends_on(f"thread:{pk}")
        return _with_tags(next(iter(_public[name].run(thread=pk)), None))

    return copy(page_cache.shared_part(("thread", name, pk), read, lambda thread: THREAD_BYTES))


def _with_tags(thread: Thread | None) -> Thread | None:
    find_tags([thread] if thread else [])
    return thread


def bare_thread_for(reader: Reader, pk: int) -> Thread:
    """Return a thread visible to this reader, without what only its page shows. Raises NotFound."""
    return get_or_not_found(Thread.objects.visible_to(reader), pk=pk)


def events_of(thread: Thread) -> list[Event]:
    """Return a thread's events, oldest first; no query if there are none."""
    if not getattr(thread, "has_events", True):
        return []
    rows = Event.objects.filter(thread=thread).exclude(action=Action.RETAG)  # tag changes are shown in the history
    return list(rows.select_related("actor", "from_category", "category"))


def post_for(reader: Reader, pk: int) -> Post:
    """Return a post visible to this reader, with its thread and author. Raises NotFound."""
    post = (
        Post.objects.visible_to(reader)
        .select_related("author", "thread__author", "thread__category")
        .filter(pk=pk)
        .first()
    )
    if post is None:
        raise NotFound
    return post


def posts_after(thread: Thread, writer: User, number: int, unless_posted: UUID | None) -> list[Post]:
    """Return public posts of others whom the writer meets after this number, oldest first, the newest MISSED at most.

    None if the writer has posted `unless_posted`: then it is sent again.
    """
    if unless_posted and Post.objects.filter(author=writer, submission=unless_posted).exists():
        return []
    rows = Post.objects.public().filter(met_by(writer, "author"), thread=thread, number__gt=number)
    rows = rows.exclude(author=writer)
    return list(rows.select_related("author", "thread").order_by("-number")[:MISSED])[::-1]


def numbered_post(reader: Reader, thread: Thread, number: int) -> Post:
    """Return the post with this number in a thread, if visible to this reader. Raises NotFound."""
    rows = Post.objects.visible_to(reader).select_related("author", "thread")
    post = rows.filter(thread=thread, number=number).first()
    if post is None:
        raise NotFound
    return post


@cache
def _pages() -> ThreadQuerySet:
    """Return all threads with what pages show to everyone, never read as a whole. Built once."""
    return _with_page(Thread.objects.all())


def _with_page(threads: ThreadQuerySet) -> ThreadQuerySet:
    rows = threads.annotate(has_events=Exists(Event.objects.filter(thread=OuterRef("pk"))))
    return rows.select_related("author", "category__parent")
