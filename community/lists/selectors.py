"""Reads for pages of reading lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet

from community.accounts.models import User
from community.common.pagination import Page, keyset_page
from community.common.subqueries import MOST_COUNTED, CountUpTo, looked_up
from community.content.models import Post, ReadPosition
from community.content.querysets import Reader
from community.lists.models import ListItem, ReadingList
from community.social.models import Bookmark
from community.social.selectors import find_standings

PAGE = 30
ORDER = ("position", "pk")


class Progress(NamedTuple):
    """How many of a thread's posts a person has read; none if they have not opened it.

    Who has stopped within an article has seen so many percent of its text.
    """

    read: int
    total: int
    percent: int = 0

    @property
    def is_done(self) -> bool:
        return self.read >= self.total and not self.percent


def lists_of(owner: User, reader: Reader) -> QuerySet[ReadingList]:
    """Return a person's lists that a reader sees, by name; one's own with the number of their items.

    That number has items too whose posts are hidden or drafts, so it is the owner's alone.
    """
    rows = ReadingList.objects.filter(owner=owner).order_by("name", "pk").select_related("owner")
    if reader != owner:
        return rows.filter(is_public=True)
    counted = CountUpTo(ListItem.objects.filter(reading_list=OuterRef("pk")), MOST_COUNTED, along="position")
    return rows.annotate(item_count=counted)


def list_for(reader: Reader, owner: User, pk: int) -> ReadingList | None:
    """Return a list that a reader sees: their own, or a public one."""
    found = ReadingList.objects.filter(owner=owner, pk=pk).select_related("owner").first()
    return found if found is not None and (found.is_public or reader == owner) else None


def public_list_count(owner: OuterRef) -> CountUpTo:
    """Return a column of people: how many public lists they have. A page with it says `topics.shows_person`."""
    return CountUpTo(ReadingList.objects.filter(owner=owner, is_public=True), MOST_COUNTED)


def items_page(reading_list: ReadingList, reader: Reader, **asked) -> Page[ListItem]:
    """Return a page of the items whose posts a reader sees, in the owner's order, with the reader's progress."""
    rows = ListItem.objects.select_related("bookmark__post__thread", "bookmark__post__author", "bookmark__user")
    parts = [seen_by(ListItem.objects.filter(reading_list=reading_list), reader)]
    page = keyset_page(rows, order=ORDER, size=PAGE, parts=parts, **asked)
    bookmarks = [item.bookmark for item in page]
    find_standings(bookmarks, reader)
    find_progress(bookmarks, reader)
    return page


def seen_by(items: QuerySet[ListItem], reader: Reader) -> QuerySet[ListItem]:
    """Return those of these items whose posts a reader sees."""
    return items.filter(looked_up(Post.objects.visible_to(reader).filter(pk=OuterRef("bookmark__post"))))


def find_progress(bookmarks: Sequence[Bookmark], reader: Reader) -> None:
    """Set `progress` on each bookmark, in one query; None for a visitor."""
    threads = {bookmark.post.thread_id: bookmark.post.thread for bookmark in bookmarks}
    found: dict[int, Progress] = {}
    if reader.is_authenticated and threads:
        rows = ReadPosition.objects.filter(reader=reader, thread__in=threads)
        positions = {thread: place for thread, *place in rows.values_list("thread", "number", "newest", "text_read")}
        found = {key: _progress(thread.post_count, *positions.get(key, (0, 1, 0))) for key, thread in threads.items()}
    for bookmark in bookmarks:
        setattr(bookmark, "progress", found.get(bookmark.post.thread_id))  # noqa: B010 - no field of the lower app


def find_lists(bookmarks: Sequence[Bookmark], owner: User) -> None:
    """Set `reading_list` on each of a person's bookmarks, in one query; None if it is in none."""
    rows = ListItem.objects.filter(bookmark__in=[bookmark.pk for bookmark in bookmarks])
    found = {item.bookmark_id: item.reading_list for item in rows.select_related("reading_list__owner")}
    for bookmark in bookmarks:
        setattr(bookmark, "reading_list", found.get(bookmark.pk))  # noqa: B010 - no field of the lower app


def _progress(total: int, number: int, newest: int, percent: int) -> Progress:
    """Return how much is read up to the post `number`.

    Posts that were removed have numbers too, so that this is a few too many within a thread; at its ends it is right.
    """
    if number >= newest:
        return Progress(total, total, percent % 100)
    return Progress(min(number, max(total - 1, 0)), total, percent % 100)
