"""Page-sized reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from functools import cache
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef

from community.accounts.models import User
from community.audit.actions import Action
from community.common import page_cache
from community.common.errors import NotFound
from community.common.prepared import Prepared, place, place_of_key
from community.content import reader_state
from community.content.listed_tags import find_tags
from community.content.models import Event, Post, Thread
from community.content.querysets import Reader, ThreadQuerySet
from community.mutes.selectors import met_by

THREAD_BYTES = 16 * 1024
MISSED = 3


class ThreadPages:
    """The threads of one kind of page; what everybody sees of one is read once and shared.

    `rows` are the threads among which one must be, `name` is where the shared ones are kept.
    """

    def __init__(self, name: str, rows: Callable[[], ThreadQuerySet]) -> None:
        self._name, self._rows = name, rows
        self._public = Prepared(lambda: self._with_page().public().filter(pk=place("thread")))

    def get(self, reader: Reader, pk: int) -> Thread:
        """Return a thread visible to this reader, with everything its page shows. Raises NotFound."""
        thread = self._shared(pk) if page_cache.keeps_parts() else None
        thread = thread or _first_with_tags(self._with_page().visible_to(reader).filter(pk=pk))
        if thread is None:
            raise NotFound
        reader_state.set_on(thread, reader)
        return thread

    def _shared(self, pk: int) -> Thread | None:
        """Return a copy of what everybody sees of a public thread."""

        def read() -> Thread | None:
            page_cache.depends_on(f"thread:{pk}")
            return _first_with_tags(self._public.run(thread=pk))

        return copy(page_cache.shared_part(("thread", self._name, pk), read, lambda thread: THREAD_BYTES))

    def _with_page(self) -> ThreadQuerySet:
        rows = self._rows().annotate(has_events=Exists(Event.objects.filter(thread=OuterRef("pk"))))
        return rows.select_related("author", "category__parent")


def _first_with_tags(threads: Iterable[Thread]) -> Thread | None:
    found = list(threads)[:1]
    find_tags(found)
    return found[0] if found else None


thread_for = ThreadPages("thread", Thread.objects.all).get


def bare_thread_for(reader: Reader, pk: int) -> Thread:
    """Return a thread visible to this reader, without what only its page shows. Raises NotFound."""
    rows = _bare(is_member=reader.is_authenticated, is_staff=reader.is_staff).run(thread=pk, reader=reader.pk)
    if not rows:
        raise NotFound
    return rows[0]


@cache
def _bare(*, is_member: bool, is_staff: bool) -> Prepared:
    reader = User(pk=place_of_key("reader"), is_staff=is_staff) if is_member else AnonymousUser()
    return Prepared(lambda: Thread.objects.visible_to(reader).filter(pk=place("thread")))


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

    Empty if the writer has posted `unless_posted`: then it is sent again.
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
