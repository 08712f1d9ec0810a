"""New posts in threads that are open on a page: one query for all pages whose thread has news."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from community.accounts.models import User
from community.common.shared_look import SharedLook, read_once, tell
from community.common.sse import Event
from community.common.subqueries import MOST_COUNTED
from community.mutes.selectors import has_none, meets_everybody, unmet

from .models import Post, Thread


class OpenPage(NamedTuple):
    """A page of a thread, which had the posts up to the number `after` when it was made.

    `reader` is the key of its reader if there are people whom they do not meet: posts of those are no news.
    """

    thread: int
    after: int
    reader: int = 0


class News(NamedTuple):
    """How many public posts came after, up to MOST_COUNTED, and the numbers of the first and the last of these."""

    total: int = 0
    first: int = 0
    last: int = 0


def tell_of(thread_id: int) -> None:
    """Let the pages on which a thread is open look, after the commit."""
    tell(_word(thread_id))


def news_of(pages: Collection[OpenPage]) -> dict[OpenPage, News]:
    """Return what is new to each page."""
    posts, readers = _posts(pages), {page.reader for page in pages} - {0}
    authors = {author for found in posts.values() for _number, author in found}
    away = unmet(readers, authors) if readers and authors else {}
    return {page: _news(_of_page(page, posts[page.thread], away)) for page in pages}


def page_of(thread_id: int, after: int, reader: User | AnonymousUser) -> OpenPage:
    """Return a page as this reader has it open. Most meet everybody, and share it."""
    if isinstance(reader, AnonymousUser) or meets_everybody(reader) or has_none(reader):
        return OpenPage(thread_id, after, 0)
    return OpenPage(thread_id, after, reader.pk)


def as_dict(thread: Thread, news: News) -> dict[str, Any]:
    url = thread.address_in_time(news.first) if news.total else ""
    return {"count": news.total, "last": news.last, "url": url}


async def news_events(thread: Thread, page: OpenPage) -> AsyncIterator[Event]:
    """Yield what is new to a page of a thread, as soon as there is something and on every change."""
    queue, shown = asyncio.Queue[News](), News()
    ticket = _open_pages.join(page, queue.put_nowait)
    try:
        queue.put_nowait((await read_once(news_of, [page]))[page])
        while True:
            news = await queue.get()
            if news != shown:
                yield Event(as_dict(thread, news), event="news")
                shown = news
    finally:
        _open_pages.leave(ticket)


def _posts(pages: Collection[OpenPage]) -> dict[int, list[tuple[int, int]]]:
    """Return number and author of the newest posts of each thread that any of its pages does not have."""
    wanted, found = Q(pk__in=()), defaultdict[int, list[tuple[int, int]]](list)
    for thread in {page.thread for page in pages}:
        after = min(page.after for page in pages if page.thread == thread)
        wanted |= Q(thread=thread, number__gt=after)
    place = Window(RowNumber(), partition_by=F("thread"), order_by=F("number").desc())
    rows = Post.objects.public().filter(wanted).annotate(place=place).filter(place__lte=MOST_COUNTED)
    for thread, number, author in rows.values_list("thread", "number", "author"):
        found[thread].append((number, author))
    return found


def _of_page(page: OpenPage, posts: list[tuple[int, int]], away: Mapping[int, Collection[int]]) -> list[int]:
    """Return the numbers of those posts of its thread that are new to a page."""
    hidden = away.get(page.reader, ())
    return [number for number, author in posts if number > page.after and author not in hidden]


def _news(numbers: list[int]) -> News:
    return News(len(numbers), min(numbers), max(numbers)) if numbers else News()


def _word(thread_id: int) -> str:
    return f"thread:{thread_id}"


_open_pages: SharedLook[OpenPage, News] = SharedLook(news_of, lambda page: _word(page.thread))
