"""Thread pages, shared by every kind; the app of a kind adds its own parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from community.content import discussion as discussions
from community.content import policies, unread
from community.content.discussion import Discussion, requested_number
from community.content.drafts import reply_form_for
from community.content.drawing import DrawnPosts, drawn_posts
from community.content.feed_urls import feed_urls
from community.content.forms import ReplyForm
from community.content.models import Event, Thread
from community.content.querysets import Reader
from community.content.selectors import events_of
from community.content.shown import ShownPerson, shown_person
from community.content.thread_links import Link, order_links, view_links
from community.content.timeline import Timeline, timeline
from community.content.unread import ToRead, Unread
from community.mutes.errors import CannotReply
from community.mutes.selectors import NOTHING

type Part = Callable[[Thread, Reader], Any]
_parts: dict[str, Part] = {}
PEOPLE_SHOWN = 6


class Participant(NamedTuple):
    """Somebody who wrote what is on a page, and how many posts."""

    person: ShownPerson
    posts: int


def register_part(name: str, read: Part) -> None:
    """Add a part to the context of every thread's page, for templates of a higher app in its slots."""
    _parts[name] = read


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Context of a thread page: its posts, and what is around them.

    `robots` is empty on the first page of a public thread; otherwise it excludes the page from search engines.
    `to_read` has the numbers on the page that this reader has not read, as `unread.on_page` says; `unread` is offered
    unless the page is already the one with a certain post. `cannot_reply` is a sentence if a block is between the
    reader and the thread's author; then there is no `form`. `people` are who wrote most of the page, if there are
    several.
    """

    thread: Thread
    discussion: Discussion
    order_links: list[Link]
    view_links: list[Link]
    events: list[Event]
    form: ReplyForm | None
    cannot_reply: str
    robots: str
    posts: DrawnPosts
    to_read: ToRead | None
    unread: Unread | None
    timeline: Timeline | None
    people: list[Participant]
    parts: dict[str, Any]

    @property
    def context(self) -> dict[str, Any]:
        shown = {each.name: getattr(self, each.name) for each in fields(self)}
        feeds = feed_urls("thread", self.thread.pk) if policies.is_public(self.thread) else {}
        return shown | feeds | self.parts


def thread_page(request: HttpRequest, thread: Thread, number: int | None = None) -> ThreadPage:
    """Return the page given by the query, or the one with post `number`, marked. Raises NotFound."""
    if number is None:
        number = requested_number(request.GET.get("post", ""))
    shown = discussions.discussion(
        thread,
        request.user,
        view=request.GET.get("view", ""),
        order=request.GET.get("order", ""),
        after=request.GET.get("after"),
        before=request.GET.get("before"),
        number=number,
    )
    posts = drawn_posts(shown, request.user)
    standing = posts.drawer.standings.get(thread.author_id, NOTHING)
    return ThreadPage(
        thread=thread,
        discussion=shown,
        order_links=order_links(shown),
        view_links=view_links(shown),
        events=events_of(thread),
        form=None if standing.is_apart else reply_form_for(request, thread),
        cannot_reply=CannotReply.sentence(standing) if standing.is_apart else "",
        robots=_robots(shown),
        posts=posts,
        to_read=unread.on_page(thread, request.user, shown.posts(), begins=shown.order == "oldest"),
        unread=None if shown.marked else unread.of_page(thread),
        timeline=timeline(thread, shown),
        people=_people(posts),
        parts={name: read(thread, request.user) for name, read in _parts.items()},
    )


def render_thread(request: HttpRequest, template: str, page: ThreadPage, **more: Any) -> HttpResponse:
    """Render a thread page with its `X-Robots-Tag`."""
    response = render(request, template, page.context | more)
    if page.robots:
        response["X-Robots-Tag"] = page.robots
    return response


def _people(posts: DrawnPosts) -> list[Participant]:
    """Return whom the reader meets on a page, those with the most posts first; nobody if there is only one."""
    met = [post for post in posts.found.posts() if post.is_visible and not posts.drawer.standing(post).is_hidden]
    people = {post.author_id: post.author for post in met}
    counts = Counter(post.author_id for post in met).most_common(PEOPLE_SHOWN)
    return [Participant(shown_person(people[key]), count) for key, count in counts] if len(people) > 1 else []


def _robots(shown: Discussion) -> str:
    if not policies.is_public(shown.thread):
        return "noindex"
    return "" if shown.is_first and not shown.marked and not shown.view else "noindex, follow"
