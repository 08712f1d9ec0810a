"""Page-sized reads."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from community.audit.actions import Action
from community.common.errors import NotFound
from community.content import reader_state
from community.content.drafts import with_reply_draft
from community.content.models import Event, Post, Thread
from community.content.querysets import Reader, ThreadQuerySet


def thread_for(reader: Reader, pk: int, rows: ThreadQuerySet | None = None) -> Thread:
    """Return a thread visible to this reader (among `rows`), with everything its page shows. Raises NotFound."""
    rows = Thread.objects.all() if rows is None else rows
    thread = _with_page(rows.visible_to(reader), reader).filter(pk=pk).first()
    if thread is None:
        raise NotFound
    return thread


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


def numbered_post(reader: Reader, thread: Thread, number: int) -> Post:
    """Return the post with this number in a thread, if visible to this reader. Raises NotFound."""
    rows = Post.objects.visible_to(reader).select_related("author", "thread")
    post = rows.filter(thread=thread, number=number).first()
    if post is None:
        raise NotFound
    return post


def _with_page(threads: QuerySet, reader: Reader) -> QuerySet:
    return (
        reader_state.annotated(with_reply_draft(threads, reader), reader)
        .select_related("author", "category__parent")
        .prefetch_related("tags")
        .annotate(has_events=Exists(Event.objects.filter(thread=OuterRef("pk"))))
    )
