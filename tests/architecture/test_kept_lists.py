"""Which kept pages of lists an act ends, and that it ends no more: exactly, in a small world of sixteen threads."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from community.accounts.models import User
from community.common.changes.log import CHANGES
from community.common.page_cache import answers
from community.content.models import Category, Post, Thread
from community.content.services import add_post, hide_post, start_thread
from community.forum import lists
from community.forum.services import accept_answer, pin_thread
from community.social.services import vote
from tests.factories import ModeratorFactory, PersonFactory, VoterFactory
from tests.kept_pages import KeptPageDiffers, difference, kept_pages
from tests.taken_back import taken_back

ROWS_A_PAGE = 3
NOW = timezone.now() + timedelta(minutes=5)
# The last pages show months and years.
AGES = [*range(1, 13), 200, 700, 3_000, 5_000]
PINNED, HIDDEN = 5, 7
LISTS = ["/latest/", "/latest/?kind=question", "/latest/?order=unanswered", "/latest/?order=new", "/latest/?order=top",
         "/", "/questions/", "/questions/?order=top", "/questions/?order=top&period=week", "/c/meta/",
         "/c/meta/?order=top", "/tags/loss/", "/tags/loss/?order=top", "/articles/", "/notes/", "/notes/?order=latest",
         "/notes/?order=top", "/feeds/site.atom", "/feeds/questions.atom", "/feeds/tags/loss.atom"]  # fmt: skip


@dataclass
class World:
    threads: list[Thread]
    pages: dict[Hashable, answers.KeptPage]
    moderator: User
    voter: User

    def opening(self, place: int) -> Post:
        return self.threads[place].posts.get(role="opening")

    def reply(self, place: int) -> Post:
        return self.threads[place].posts.exclude(role="opening").get()


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Sixteen threads, the newest first, each with a reply; one is pinned and one hidden. Every page of each list."""
    with django_db_blocker.unblock(), taken_back(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "ROWS_A_PAGE", ROWS_A_PAGE)
        patch.setattr(timezone, "now", lambda: NOW)
        lists._pages.cache.clear()
        threads, moderator, voter = list(_threads()), ModeratorFactory(), VoterFactory()
        pin_thread(thread=threads[PINNED], by=moderator)
        hide_post(post=threads[HIDDEN].posts.get(role="opening"), by=moderator)
        with kept_pages():
            for path in LISTS:
                _read_to_its_end(path)
            pages = dict(answers.STORE._probation.items()) | dict(answers.STORE._main.items())
        yield World(threads, pages, moderator, voter)
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


def _read_to_its_end(path: str) -> None:
    """Read a list forwards and backwards."""
    for name in ("after", "before"):
        page: str | None = path
        while page is not None:
            text = Client().get(page).content.decode()
            last, page = page, _linked(text, page, name)
        path = last


def _linked(text: str, page: str, name: str) -> str | None:
    found = re.search(rf'href="(\?[^"]*\b{name}=[^"]+)"', text)
    return page.partition("?")[0] + unescape(found[1]) if found else None


@pytest.fixture(autouse=True)
def one_moment(world, monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def ended(world: World, db) -> Iterator[Callable[[], set[Hashable]]]:
    """Keep all pages; afterwards tell which have ended, and compare the others with pages made anew."""
    with taken_back(), kept_pages():
        CHANGES.catch_up()
        for key, page in world.pages.items():
            page.reading = page.checked = CHANGES.reading
            page.ends_at = time.monotonic() + 600
            page.parts = tuple(_as_of_now(part) for part in page.parts)
            answers.STORE.put(key, page)
        yield lambda: _ended(world)


def _as_of_now(part: Any) -> Any:
    return replace(part, reading=CHANGES.reading, ends_at=time.monotonic() + 600)


def _ended(world: World) -> set[Hashable]:
    CHANGES.catch_up()
    stay = {key: page for key in world.pages if (page := answers.current(key) or answers.renewed(key)) is not None}
    answers.STORE.clear()
    for key, page in stay.items():
        address = _address(key)
        fresh = Client().get(address).content.decode()
        if fresh != page.body().decode():
            raise KeptPageDiffers(f"{address}\n{difference(page.body().decode(), fresh)}\n{sorted(page.topics)}")
    return world.pages.keys() - stay.keys()


def _address(key: Any) -> str:
    _scheme, _host, path, query, _choices = key
    return f"{path}?{query}" if query else path


def _pages_of(world: World, path: str, *within: str) -> list[Hashable]:
    """Return the keys of the pages of a list that contain all these words."""
    return [
        key
        for key, page in world.pages.items()
        if _address(key).startswith(path) and all(word in page.body().decode() for word in within)
    ]


def test_an_accepted_answer_ends_the_lists_that_show_its_thread(world, ended):
    accept_answer(answer=world.reply(0), by=world.threads[0].author)
    showing = {*_pages_of(world, "/latest/", "Thread 00."), *_pages_of(world, "/questions/", "Thread 00.")}
    assert {"/latest/", "/questions/"} <= {_address(key) for key in showing}
    assert showing <= ended()


def test_a_reply_ends_the_first_page_of_the_latest_and_the_one_that_its_thread_leaves(world, ended):
    add_post(thread=world.threads[8], author=world.moderator, source="More.")
    gone = ended()
    found = {_address(key) for key in gone}
    assert {"/", "/latest/", "/c/meta/", "/tags/loss/"} <= found
    assert not {"/questions/", "/latest/?kind=question", "/feeds/site.atom"} & found
    dated = _dated(world)
    assert gone & dated == dated & set(_pages_of(world, "/latest/", "Thread 08."))


def test_a_vote_on_a_reply_ends_no_list_but_the_unanswered(world, ended):
    CHANGES.catch_up()
    before = CHANGES.reading
    vote(user=world.voter, post=world.reply(0), value=1)
    found = {_address(key).partition("&")[0] for key in ended()}
    assert CHANGES.reading > before
    assert found == {"/latest/?order=unanswered"}


def test_a_new_thread_renews_the_counts_beside_a_page_and_ends_no_page_far_inside(world, ended):
    dated = _dated(world)
    assert {len(topic) for key in dated for topic in world.pages[key].topics if "latest:" in topic} == {14, 17}
    start_thread(author=world.moderator, kind="discussion", title="One more.", source="z")
    assert not dated & ended()


def _dated(world: World) -> set[Hashable]:
    """Return the pages that depend on the days that they show."""
    return {key for key, page in world.pages.items() if any("latest:" in topic for topic in page.topics)}
