"""Page-sized reads."""

from __future__ import annotations

from django.db.models import QuerySet

from community.common.errors import NotFound
from community.content.drafts import with_reply_draft
from community.content.models import Post, Thread
from community.content.querysets import Reader


def thread_for(reader: Reader, pk: int) -> Thread:
    """A thread this reader sees, with everything its page says of it. Raises NotFound."""
    thread = with_page(Thread.objects.visible_to(reader), reader).filter(pk=pk).first()
    if thread is None:
        raise NotFound
    return thread


def with_page(threads: QuerySet[Thread], reader: Reader) -> QuerySet[Thread]:
    """Load what every page of a thread says of it."""
    return with_reply_draft(threads, reader).select_related("author", "category__parent").prefetch_related("tags")


def post_for(reader: Reader, pk: int) -> Post:
    """A post this reader sees, with its thread and author. Raises NotFound."""
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
    """The post of this number in a thread, if this reader sees it. Raises NotFound."""
    rows = Post.objects.visible_to(reader).select_related("author", "thread")
    post = rows.filter(thread=thread, number=number).first()
    if post is None:
        raise NotFound
    return post
