"""The front page: a live network for visitors, a feed of followed people and topics for members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from community.accounts.requests import MemberRequest
from community.common.pagination import Page, PreparedList
from community.content import category_tree
from community.content.listed_tags import find_tags
from community.content.models import Post, Thread
from community.content.thread_lists import complete_for, mark_last_visit
from community.experiments import playground
from community.forum.lists import LABELS, ORDERS, UNREAD, ThreadList, of_kind, thread_list
from community.mutes.selectors import any_reader, told_of_none
from community.pages.feed_rows import feed_row
from community.social import feeds

FEED = "feed"
FEED_ROWS = 20
SHOWN_ROWS = 10
NEWEST_FIRST = ("-created_at", "-pk")

type Tab = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Home:
    """Context of the front page. Either `feed` or `threads` is set; `play` only for visitors."""

    tabs: list[Tab]
    categories: list[category_tree.CategoryNode]
    order: str
    play: playground.Playground | None = None
    feed: Page[Post] | None = None
    threads: ThreadList | None = None
    has_empty_feed: bool = False
    is_end_of_feed: bool = False

    @property
    def rows(self) -> list[Thread]:
        return self.threads.rows[:SHOWN_ROWS] if self.threads else []

    @property
    def feed_rows(self) -> list[SafeString]:
        return [feed_row(post) for post in self.feed] if self.feed else []

    @property
    def most_kept(self) -> int:
        return feeds.MOST_KEPT

    @property
    def by_date(self) -> str:
        return "new" if self.order in ("new", "unanswered") else ""

    @property
    def more_url(self) -> str:
        order = "" if self.order in (FEED, "latest") else f"?order={self.order}"
        return reverse("forum:latest") + order


def home_page(request: HttpRequest) -> Home:
    if request.user.is_authenticated:
        return _members_page(cast(MemberRequest, request))
    return _visitors_page(request)


def _visitors_page(request: HttpRequest) -> Home:
    order = _order(request, list(ORDERS), "latest")
    return Home(
        tabs=_tabs(order, list(ORDERS), "latest"),
        categories=category_tree.category_roots(),
        order=order,
        play=playground.initial_state(request, preset=playground.FIRST),
        threads=thread_list(of_kind(""), request),
    )


def _members_page(request: MemberRequest) -> Home:
    order = _order(request, [*ORDERS, UNREAD], FEED)
    feed = _feed(request) if order == FEED else None
    is_empty = feed is not None and not feed.items and not _is_inside(request)
    return Home(
        tabs=_tabs(order, [FEED, *ORDERS, UNREAD], FEED),
        categories=category_tree.category_roots(),
        order=order,
        feed=None if is_empty else feed,
        threads=thread_list(of_kind(""), request) if is_empty or feed is None else None,
        has_empty_feed=is_empty,
        is_end_of_feed=feed is not None and not feed.next_query and _is_inside(request),
    )


def _feed(request: MemberRequest) -> Page[Post]:
    page = _feed_page(request)
    if not page.items and not _is_inside(request) and feeds.follows_anything(request.user):
        with transaction.atomic():  # reads from the primary what it has just written
            feeds.fill_anew(request.user)
            page = _feed_page(request)
    threads = [post.thread for post in page.items]
    find_tags(threads)
    complete_for(request.user, threads)
    mark_last_visit(request, threads, [post.created_at for post in page])
    return page


def _is_inside(request: MemberRequest) -> bool:
    """Return whether this is not the first page."""
    return bool(request.GET.keys() & {"after", "before"})


def _feed_page(request: MemberRequest) -> Page[Post]:
    return _feeds(not told_of_none(request.user)).keyset_page(request=request, reader=request.user.pk)


@cache
def _feeds(is_sifted: bool) -> PreparedList[Post]:
    parts = [feeds.entries_of(any_reader(is_sifted=is_sifted))]
    return PreparedList(feeds.posts_of_feeds(), order=NEWEST_FIRST, size=FEED_ROWS, parts=parts)


def _order(request: HttpRequest, offered: Sequence[str], default: str) -> str:
    wanted = request.GET.get("order", default)
    return wanted if wanted in offered else default


def _tabs(order: str, names: Sequence[str], default: str) -> list[Tab]:
    labels: dict[str, Any] = {FEED: pgettext("home", "Feed"), **LABELS}
    home = reverse("pages:home")
    return [
        (str(labels[name]), home if name == default else f"{home}?order={name}#list", name == order) for name in names
    ]
