"""The front page: a live network for visitors, a feed of followed people and topics for members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import cast

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy

from community.accounts.models import User
from community.accounts.requests import MemberRequest
from community.common.pagination import Page, PreparedList, cursors_of, query_without_cursor, sifted_page
from community.content.listed_tags import find_tags
from community.content.models import Post, ReadPosition, Thread
from community.content.sifting import left_out_of, without_muted
from community.content.thread_lists import complete_for, mark_last_visit
from community.experiments import playground
from community.forum.lists import BY_DATE, YOUR_TAGS, ThreadList, best_of_week, of_kind, thread_list, waiting_questions
from community.forum.navigation import OF_THREADS, Link, Orders, offered_orders
from community.mutes.selectors import any_reader, told_of_none
from community.pages.feed_rows import feed_row
from community.social import feeds, reasons, starting

FEED = "feed"
FOR_YOU = "for-you"  # of the feed, what one has not opened, for members who choose it
FEED_ROWS = 20
SHOWN_ROWS = 10
BEYOND_SHOWN = 5

OF_HOME = Orders(
    labels={FEED: pgettext_lazy("home", "Feed"), FOR_YOU: pgettext_lazy("feed", "For you"), **OF_THREADS.labels},
    within={FOR_YOU: FEED, **OF_THREADS.within},
    own={FEED: pgettext_lazy("feed", "All"), **OF_THREADS.own},
)


@dataclass(frozen=True, slots=True)
class Home:
    """Context of the front page. `feed` or `threads` is set; `network`, the editor that runs, for visitors.

    Below a short feed, `start` is what its reader might follow, and `threads` are the newest of the site. `waiting` are
    unanswered questions beside it, unless the list is of these. `beyond`, below what *For you* has, are threads that
    nothing brings which its reader follows.
    """

    tabs: list[Link]
    order: str
    network: str = ""
    feed: Page[Post] | None = None
    threads: ThreadList | None = None
    start: starting.Start | None = None
    is_end_of_feed: bool = False
    choices: Sequence[Link] = ()
    waiting: Sequence[Thread] = ()
    beyond: Sequence[Thread] = ()

    @property
    def rows(self) -> list[Thread]:
        if self.threads is None:
            return []
        in_feed = {post.thread_id for post in self.feed or ()}
        return [thread for thread in self.threads.rows if thread.pk not in in_feed][:SHOWN_ROWS]

    @property
    def feed_rows(self) -> list[SafeString]:
        return [feed_row(post) for post in self.feed] if self.feed else []

    @property
    def most_kept(self) -> int:
        return feeds.MOST_KEPT

    @property
    def by_date(self) -> str:
        return "new" if self.order in BY_DATE else ""

    @property
    def more_url(self) -> str:
        order = "" if self.order in (FEED, FOR_YOU, "latest") else f"?order={self.order}"
        return reverse("forum:latest") + order


def home_page(request: HttpRequest) -> Home:
    if request.user.is_authenticated:
        return _members_page(cast(MemberRequest, request))
    return _visitors_page(request)


def _visitors_page(request: HttpRequest) -> Home:
    offered = offered_orders(request.user, of_kind(""))
    order = _order(request, offered)
    tabs, choices = _links(order, offered)
    return Home(
        tabs=tabs,
        choices=choices,
        order=order,
        network=playground.front_network(request),
        threads=thread_list(of_kind(""), request),
        waiting=_waiting(request, order),
    )


def _members_page(request: MemberRequest) -> Home:
    offered = [FEED, FOR_YOU, *offered_orders(request.user, of_kind(""))]
    order = _order(request, offered)
    tabs, choices = _links(order, offered)
    beyond = _beyond(request) if order == FOR_YOU and not _is_inside(request) else []
    feed = _feed(request) if order == FEED else _for_you(request, beyond) if order == FOR_YOU else None
    is_newcomers = order == FEED and _is_newcomers(request, feed)
    return Home(
        tabs=tabs,
        choices=choices,
        order=order,
        feed=feed,
        beyond=beyond,
        threads=thread_list(of_kind(""), request) if is_newcomers or feed is None else None,
        start=starting.start(request.user) if is_newcomers and request.user.wants_suggestions else None,
        is_end_of_feed=order == FEED and feed is not None and not feed.next_query and _is_inside(request),
        waiting=_waiting(request, order),
    )


def _waiting(request: HttpRequest, order: str) -> Sequence[Thread]:
    return () if order in ("unanswered", YOUR_TAGS) else waiting_questions(request.user)


def _feed(request: MemberRequest) -> Page[Post]:
    page = _feed_page(request)
    left_out = left_out_of(request)
    is_empty = not page.items and not (left_out and left_out.count)
    if is_empty and not _is_inside(request) and feeds.lacks_anything(request.user):
        with transaction.atomic():  # reads from the primary what it has just written
            feeds.fill_anew(request.user)
            page = _feed_page(request)
    threads = [post.thread for post in page.items]
    find_tags(threads)
    complete_for(request.user, threads)
    mark_last_visit(request, threads, [post.at for post in page])  # type: ignore[attr-defined]
    return page


def _is_newcomers(request: MemberRequest, feed: Page[Post] | None) -> bool:
    """Return whether a feed is empty, or short because its reader follows little."""
    if feed is None or feed.next_query or _is_inside(request):
        return False
    return not feed.items or starting.follows_few(request.user)


def _for_you(request: MemberRequest, beyond: Sequence[Thread]) -> Page[Post]:
    """Return a page of the feed without what the reader has opened; each says what brought it.

    Those `beyond` it are made complete in the same queries.
    """
    feed = _feeds(not told_of_none(request.user))
    pages = sifted_page(partial(_page_of, feed, request.user), partial(_unopened, request), **cursors_of(request))
    page = replace(pages, query=query_without_cursor(request))
    threads = [post.thread for post in page]
    find_tags(threads)
    complete_for(request.user, [*threads, *beyond])
    why = reasons.of_posts(request.user, page.items)
    for post in page:
        post.thread.reason = why[post.pk].draw() if post.pk in why else SafeString("")
    return page


def _beyond(request: MemberRequest) -> list[Thread]:
    """Return a few of the best threads of the week that are not in the reader's feed and have not been opened."""
    reader, best = request.user, best_of_week(request.user)
    keys = [thread.pk for thread in best]
    known = set(ReadPosition.objects.filter(reader=reader, thread__in=keys).values_list("thread", flat=True))
    known |= feeds.threads_of(reader, keys)
    found = [thread for thread in best if thread.pk not in known][:BEYOND_SHOWN]
    for thread in found:
        thread.reason = reasons.Reason("week").draw()
    return found


def _page_of(feed: PreparedList[Post], reader: User, after: str | None, before: str | None) -> Page[Post]:
    return feed.keyset_page(after=after, before=before, reader=reader.pk)


def _unopened(request: MemberRequest, posts: Sequence[Post]) -> list[Post]:
    reader = request.user
    opened = ReadPosition.objects.filter(reader=reader, thread__in=[post.thread_id for post in posts])
    keys = set(opened.values_list("thread", flat=True))
    return _without_muted(
        request, [post for post in posts if post.thread_id not in keys and post.author_id != reader.pk]
    )


def _without_muted(request: MemberRequest, posts: Sequence[Post]) -> list[Post]:
    return without_muted(request, posts, lambda post: post.thread_id)


def _is_inside(request: MemberRequest) -> bool:
    """Return whether this is not the first page."""
    return bool(request.GET.keys() & {"after", "before"})


def _feed_page(request: MemberRequest) -> Page[Post]:
    feed = _feeds(not told_of_none(request.user))
    if left_out_of(request) is None:
        return feed.keyset_page(request=request, reader=request.user.pk)
    read, sift = partial(_page_of, feed, request.user), partial(_without_muted, request)
    return replace(sifted_page(read, sift, **cursors_of(request)), query=query_without_cursor(request))


@cache
def _feeds(is_sifted: bool) -> PreparedList[Post]:
    reader = any_reader(is_sifted=is_sifted)
    parts = [feeds.entries_of(reader)]
    return PreparedList(feeds.events_of(reader), order=feeds.NEWEST_EVENTS, size=FEED_ROWS, parts=parts)


def _order(request: HttpRequest, offered: Sequence[str]) -> str:
    wanted = request.GET.get("order", "")
    return wanted if wanted in offered else offered[0]


def _links(order: str, offered: Sequence[str]) -> tuple[list[Link], list[Link]]:
    """Return the tabs and the choices within the one that is shown; the first order needs no parameter."""
    home = reverse("pages:home")

    def address(name: str) -> str:
        return home if name == offered[0] else f"{home}?order={name}#list"

    return OF_HOME.tabs(offered, order, address), OF_HOME.choices(offered, order, address)
