"""The site on which kept pages are compared: the world of the route table, and lists of several pages.

Sixteen threads, a day to many years old, each with a reply; one is pinned and one hidden. Lists show four threads a
page, so that a thread can leave a page, enter it, or pass it by.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from community.accounts.models import User
from community.blogs.models import Article
from community.blogs.series.services import put_article
from community.blogs.services import start_article
from community.content.models import Category, Post, PostLink, Tag, Thread
from community.content.services import add_post, edit_post, hide_post, start_thread
from community.forum import lists
from community.forum.services import lock_thread, move_thread, pin_everywhere, unlock_thread
from community.review.services import give_to_community
from tests.architecture import world as worlds
from tests.architecture.test_routes import Door
from tests.factories import ModeratorFactory, PersonFactory, VoterFactory
from tests.taken_back import taken_back
from tests.training import XOR, train

NOW = timezone.now() + timedelta(minutes=5)
AGES = [*range(1, 13), 200, 700, 3_000, 5_000]
"""In days. Far inside, the lists show months and years."""
PINNED, HIDDEN = 5, 7
LISTS = ["/latest/", "/latest/?kind=question", "/latest/?order=unanswered", "/latest/?order=new", "/latest/?order=top",
         "/", "/questions/", "/questions/?order=top", "/questions/?order=top&period=week", "/c/meta/",
         "/c/meta/?order=top", "/tags/loss/", "/tags/loss/?order=top", "/articles/", "/notes/", "/notes/?order=latest",
         "/notes/?order=top", "/feeds/site.atom", "/feeds/questions.atom", "/feeds/tags/loss.atom"]  # fmt: skip
"""Of these, each page is read."""


@dataclass
class Site:
    """`threads` are the sixteen, the newest first."""

    world: worlds.World
    door: Door
    threads: list[Thread]

    @property
    def moderator(self) -> User:
        return self.world.people["moderator"]

    @property
    def voter(self) -> User:
        return self.world.people["member"]

    def opening(self, place: int) -> Post:
        return self.threads[place].posts.get(role="opening")

    def reply(self, place: int) -> Post:
        return self.threads[place].posts.exclude(role="opening").get()


@contextmanager
def built() -> Iterator[Site]:
    """Build the site at a moment that does not pass: ages do not change while pages are compared."""
    with taken_back():
        world = worlds.build()
        with _with_threads(world, rows_a_page=4) as site:
            _add_details(world)
            yield site


@contextmanager
def lists_alone() -> Iterator[Site]:
    """Build the sixteen threads and no run: a page that shows one ends with every change of a post.

    With three threads a page none far inside spans so many days that it depends on whole months of recent ones.
    """
    with taken_back():
        people = {"moderator": ModeratorFactory(), "member": VoterFactory()}
        with _with_threads(worlds.World(people, {}, {}, {}), rows_a_page=3) as site:
            yield site


@contextmanager
def _with_threads(world: worlds.World, *, rows_a_page: int) -> Iterator[Site]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: NOW)
        patch.setattr(lists, "ROWS_A_PAGE", rows_a_page)
        lists._pages.cache.clear()
        site = Site(world, Door(world), list(_threads()))
        pin_everywhere(thread=site.threads[PINNED], by=site.moderator)
        hide_post(post=site.opening(HIDDEN), by=site.moderator)
        yield site
        lists._pages.cache.clear()


def _threads() -> Iterator[Thread]:
    ada, bob = PersonFactory(handle="ada"), PersonFactory(handle="bob")
    category = Category.objects.get(slug="meta")
    for place, age in enumerate(AGES):
        kind = ("question", "discussion", "note")[place % 3]
        thread = start_thread(
            author=ada, kind=kind, title=f"Thread {place:02}.", source="x", category=category, tags=["loss"]
        )
        post, moment = add_post(thread=thread, author=bob, source="y"), NOW - timedelta(days=age)
        Post.objects.filter(thread=thread).update(created_at=moment - timedelta(hours=1))
        Post.objects.filter(pk=post.pk).update(created_at=moment)
        Thread.objects.filter(pk=thread.pk).update(last_post_at=moment, published_at=moment)
        thread.refresh_from_db()
        thread.save()  # writes its rows in the lists of tags and periods
        yield thread


def _add_details(world: worlds.World) -> None:
    """Add what pages show besides: tags within others, a comment, events, links, a community answer, a run, a series.

    The posts that the acts of the route table are about stay as they are.
    """
    author, member, moderator = (world.people[role] for role in ("author", "member", "moderator"))
    question = Thread.objects.get(pk=world.things["thread"]["pk"])
    answer = Post.objects.select_related("thread").get(pk=world.things["post"]["pk"])
    _relate_tags()
    add_post(thread=question, author=member, source="A comment.", role="comment", parent=answer)
    lock_thread(thread=question, by=moderator, reason="Enough.")
    unlock_thread(thread=question, by=moderator)
    for slug in ("meta", "training-troubles"):
        move_thread(thread=Thread.objects.get(pk=question.pk), by=moderator, category=Category.objects.get(slug=slug))
    shared = add_post(thread=Thread.objects.get(pk=question.pk), author=author, source="Because of all.", role="answer")
    give_to_community(post=shared, by=author)
    edit_post(post=Post.objects.get(pk=shared.pk), editor=member, source="Because of us all.", base_version=1)
    _link_to(member, [answer, question.posts.get(number=1)])
    article = Article.objects.get(thread=Thread.objects.public().get(kind="article"))
    again = start_article(author=author, title="A second part", source="More words.", publish=True)
    put_article(article=again, by=author, into=article.part.series)


def _relate_tags() -> None:
    xor = Tag.objects.get(slug="xor")
    xor.parent = Tag.objects.create(slug="gates", name="gates", name_zh="门", about_html="<p>About gates.</p>")
    xor.save()
    Tag.objects.create(slug="exclusive-or", name="exclusive-or", synonym_of=xor)


def _link_to(author: Any, posts: list[Post]) -> None:
    """Start a discussion that has a run and links to posts."""
    source = f"See the other one.\n\n```bp\n{XOR.replace('lr: 2.0', 'lr: 1.5')}```\n"
    linking = start_thread(author=author, kind="discussion", title="Elsewhere", source=source, publish=True)
    train()
    opening = linking.posts.get(number=1)
    PostLink.objects.bulk_create(PostLink(post=opening, target=post) for post in posts)
