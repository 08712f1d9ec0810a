"""The front page: a live network for visitors, a feed of followed people and topics for members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import FETCH_RAISE
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from community.accounts.requests import MemberRequest
from community.common.pagination import Page, keyset_page
from community.content import category_tree
from community.content.embeds import draw_sparks
from community.content.models import Category, Post, Thread
from community.experiments import playground
from community.forum.lists import LABELS, ORDERS, ThreadList, thread_list
from community.social.feeds import home_feed

FEED = "feed"
FEED_ROWS = 20
SHOWN_ROWS = 10
NEWEST_FIRST = ("-created_at", "-pk")

type Tab = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Home:
    """Context of the front page. Either `feed` or `threads` is set; `play` only for visitors."""

    tabs: list[Tab]
    categories: list[Category]
    order: str
    play: playground.Playground | None = None
    feed: Page[Post] | None = None
    threads: ThreadList | None = None
    has_empty_feed: bool = False

    @property
    def rows(self) -> list[Thread]:
        return self.threads.rows[:SHOWN_ROWS] if self.threads else []

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
    order = _order(request, default="latest")
    return Home(
        tabs=_tabs(order, list(ORDERS), "latest"),
        categories=_categories(),
        order=order,
        play=playground.initial_state(request, preset=playground.FIRST),
        threads=thread_list(Thread.objects.all(), request),
    )


def _members_page(request: MemberRequest) -> Home:
    order = _order(request, default=FEED)
    feed = _feed(request) if order == FEED else None
    is_empty = feed is not None and not feed.items and not request.GET.keys() & {"after", "before"}
    return Home(
        tabs=_tabs(order, [FEED, *ORDERS], FEED),
        categories=_categories(),
        order=order,
        feed=None if is_empty else feed,
        threads=thread_list(Thread.objects.all(), request) if is_empty or feed is None else None,
        has_empty_feed=is_empty,
    )


def _categories() -> list[Category]:
    """Return top-level categories with their counts."""
    return [
        category for category in category_tree.flattened(category_tree.category_roots()) if category.parent_id is None
    ]


def _feed(request: MemberRequest) -> Page[Post]:
    rows = home_feed(request.user).prefetch_related("thread__tags").fetch_mode(FETCH_RAISE)
    page = keyset_page(rows, order=NEWEST_FIRST, size=FEED_ROWS, request=request)
    draw_sparks([post.thread for post in page.items], request.user)
    return page


def _order(request: HttpRequest, *, default: str) -> str:
    wanted = request.GET.get("order", default)
    return wanted if wanted in ORDERS else default


def _tabs(order: str, names: Sequence[str], default: str) -> list[Tab]:
    labels: dict[str, Any] = {FEED: _("Your feed"), **LABELS}
    home = reverse("pages:home")
    return [
        (str(labels[name]), home if name == default else f"{home}?order={name}#list", name == order) for name in names
    ]
