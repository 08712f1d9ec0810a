"""A reader, somebody unwanted who writes everywhere, and a third person; and what a page shows without a click.

Everything that the unwanted person writes contains MARK, as does their name.
"""

from __future__ import annotations

from html.parser import HTMLParser

from django.test import Client

from community.api.models import Scope, new_token
from community.blogs.services import start_article
from community.content.models import Category, Post, Tag, Thread
from community.content.services import add_post, start_thread
from community.content.services.reading import mark_read
from community.lists.services import create_list, put
from community.mutes import services
from community.review.services import propose_hold, suggest_edit
from community.social import services as social
from tests.factories import ModeratorFactory, PersonFactory, VoterFactory
from tests.training import XOR, train

MARK = "Unwanted"


class World:
    """Written by services in the order of the fields, so that feeds and notifications are full."""

    def __init__(self) -> None:
        self.reader, self.third = PersonFactory(handle="reader"), VoterFactory(handle="third")
        self.unwanted = PersonFactory(handle="unwanted", display_name=MARK)
        self.moderator = ModeratorFactory(handle="moderator")
        self.shelf = Category.objects.get(slug="training-troubles")
        social.follow(follower=self.reader, person=self.unwanted)
        social.follow(follower=self.reader, category=self.shelf)
        self.question = self.thread(self.third, "question", "Third question")
        self.own = self.thread(self.reader, "question", "Own question")
        self.threads = {
            kind: self.thread(self.unwanted, kind) for kind in ("question", "discussion", "article", "note")
        }
        self.unanswered = self.thread(self.unwanted, "question", f"{MARK} and unanswered")
        self.comment = self.post(self.own, self.third, "From the third.", role="answer")
        self.answer = self.post(self.question, self.unwanted, f"{MARK} answer for @reader", role="answer")
        self.answer_to_reader = self.post(self.own, self.unwanted, f"{MARK} answer", role="answer")
        self.under = self.post(self.question, self.unwanted, f"{MARK} comment", parent=self.comment_by_third())
        social.add_bookmark(user=self.reader, post=self.answer)
        self.with_run = self.thread(self.unwanted, "discussion", "", fenced(f"title: {MARK} run\n{XOR}"))
        self.run = train()
        self.post(self.threads["question"], self.third, "An answer to read.", role="answer")
        for kind in ("article", "note"):
            self.post(self.threads[kind], self.third, "A comment to read.")
        for thread in (self.question, *(self.threads[kind] for kind in ("question", "article", "note"))):
            mark_read(reader=self.reader, thread_id=thread.pk, number=1)
        social.follow(follower=self.reader, tag=Tag.objects.get(slug="xor"))
        self.list = create_list(owner=self.third, name="Of the third", is_public=True)
        put(owner=self.third, post=self.answer, into=self.list)
        own = self.own.posts.select_related("thread", "author").get(role="opening")
        words = {"title": "Own question", "source": f"{MARK} words.", "reason": f"{MARK} reason", "base_version": 1}
        suggest_edit(post=own, author=self.unwanted, **words)
        propose_hold(thread=self.threads["question"], reason="unclear", by=self.third)
        self.token = new_token(owner=self.reader, name="t", scope=Scope.WRITE, days=1)[1]
        self.clients = {"visitor": Client(), "reader": Client(), "unwanted": Client(), "moderator": Client()}
        for name in ("reader", "unwanted", "moderator"):
            self.clients[name].force_login(getattr(self, name))

    def comment_by_third(self) -> Post:
        return self.post(self.question, self.third, "Plain answer.", role="answer")

    def thread(self, author, kind: str, title: str = "", source: str = "") -> Thread:
        title = title or f"{MARK} {kind}"
        wish = {"author": author, "title": title, "source": source or f"{title}, in words.", "tags": ["xor"]}
        if kind == "article":
            return start_article(publish=True, **wish).thread
        return start_thread(kind=kind, category=self.shelf if kind in ("question", "discussion") else None, **wish)

    def post(self, thread: Thread, author, source: str, **options) -> Post:
        return add_post(thread=Thread.objects.get(pk=thread.pk), author=author, source=source, **options)


def fenced(config: str) -> str:
    return f"{MARK} config:\n\n```bp\n{config}```\n"


def muted(world: World) -> None:
    services.mute(person=world.reader, other=world.unwanted)


def blocked(world: World) -> None:
    services.block(person=world.reader, other=world.unwanted)


def blocked_by(world: World) -> None:
    services.block(person=world.unwanted, other=world.reader)


def muted_by(world: World) -> None:
    services.mute(person=world.unwanted, other=world.reader)


def nothing(world: World) -> None:
    pass


STATES = {"nothing": nothing, "muted": muted, "blocked": blocked, "blocked by": blocked_by, "muted by": muted_by}
MET = ("nothing", "muted by")
"""States in which the reader meets the other person."""


class _Unfolded(HTMLParser):
    """Collect text and labels that are not within closed details."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: list[bool] = []
        self.in_summary = 0
        self.found: list[str] = []

    @property
    def is_seen(self) -> bool:
        outer = self.closed[:-1] if self.in_summary else self.closed
        return not any(outer)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "details":
            self.closed.append("open" not in dict(attrs))
        self.in_summary += tag == "summary"
        if self.is_seen:
            self.found += [value or "" for name, value in attrs if name in ("aria-label", "title", "alt", "value")]

    def handle_endtag(self, tag: str) -> None:
        self.in_summary -= tag == "summary"
        if tag == "details":
            self.closed.pop()

    def handle_data(self, data: str) -> None:
        if self.is_seen:
            self.found.append(data)


def unfolded(html: str) -> str:
    """Return what a page shows and says without a click."""
    parser = _Unfolded()
    parser.feed(html)
    return " ".join(parser.found)
