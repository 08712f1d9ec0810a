"""The page of a thread, as every kind has it; the app of a kind adds what is its own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from community.content import discussion as discussions
from community.content import policies, reader_state
from community.content.discussion import Discussion, wanted_number
from community.content.drafts import reply_form_for
from community.content.forms import ReplyForm
from community.content.models import Event, Thread
from community.content.selectors import events_of


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """What the page of any thread shows. `reader` is what apps above tell of this reader: votes, bookmarks.

    `robots` is what search engines are told: nothing of the first page of what is public; else not to keep it.
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
        return shown | self.reader


def thread_page(request: HttpRequest, thread: Thread, number: int | None = None) -> ThreadPage:
    """One page of a thread: what the query names, or the one with post `number`, marked. Raises NotFound."""
    if number is None:
        number = wanted_number(request.GET.get("post", ""))
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
    """Answer with a thread's page, and with what search engines are told of it."""
    response = render(request, template, page.context | more)
    if page.robots:
        response["X-Robots-Tag"] = page.robots
    return response


def _robots(shown: Discussion) -> str:
    if not policies.is_public(shown.thread):
        return "noindex"
    return "" if shown.is_first and not shown.marked else "noindex, follow"
