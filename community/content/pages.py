"""Thread pages, shared by every kind; the app of a kind adds its own parts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from community.content import discussion as discussions
from community.content import policies, reader_state
from community.content.discussion import Discussion, requested_number
from community.content.drafts import reply_form_for
from community.content.feed_urls import feed_urls
from community.content.forms import ReplyForm
from community.content.models import Event, Thread
from community.content.selectors import events_of


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Context of a thread page. `reader` contains what higher apps add for this reader: votes, bookmarks.

    `robots` is empty on the first page of a public thread; otherwise it excludes the page from search engines.
    """

    thread: Thread
    discussion: Discussion
    orders: list[str]
    default_order: str
    events: list[Event]
    form: ReplyForm | None
    robots: str
    reader: dict[str, Any]

    @property
    def context(self) -> dict[str, Any]:
        shown = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "reader"}
        feeds = feed_urls("thread", self.thread.pk) if policies.is_public(self.thread) else {}
        return shown | self.reader | feeds


def thread_page(request: HttpRequest, thread: Thread, number: int | None = None) -> ThreadPage:
    """Return the page given by the query, or the one with post `number`, marked. Raises NotFound."""
    if number is None:
        number = requested_number(request.GET.get("post", ""))
    shown = discussions.discussion(
        thread,
        request.user,
        order=request.GET.get("order", ""),
        after=request.GET.get("after"),
        before=request.GET.get("before"),
        number=number,
    )
    return ThreadPage(
        thread=thread,
        discussion=shown,
        orders=discussions.orders_of(thread),
        default_order=discussions.default_order(thread),
        events=events_of(thread),
        form=reply_form_for(request, thread),
        robots=_robots(shown),
        reader=reader_state.of_posts(request.user, shown.posts()),
    )


def render_thread(request: HttpRequest, template: str, page: ThreadPage, **more: Any) -> HttpResponse:
    """Render a thread page with its `X-Robots-Tag`."""
    response = render(request, template, page.context | more)
    if page.robots:
        response["X-Robots-Tag"] = page.robots
    return response


def _robots(shown: Discussion) -> str:
    if not policies.is_public(shown.thread):
        return "noindex"
    return "" if shown.is_first and not shown.marked else "noindex, follow"
