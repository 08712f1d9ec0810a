"""Every page of a list that is kept after an act on one of its threads is the page made anew.

As test_kept_pages.py, on lists of several pages: far inside, the latest threads depend on the days that they show,
and a thread can leave such a page, enter it, or pass it by.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from community.accounts.models import User
from community.common.changes.log import CHANGES
from community.common.page_cache import answers
from community.content import merging
from community.content.models import Category, Post, Tag, Thread
from community.content.services import (
    add_post,
    delete_post,
    hide_post,
    restore_post,
    start_thread,
    taxonomy,
    unhide_post,
)
from community.forum import lists
from community.forum.services import accept_answer, lock_thread, move_thread, pin_thread, unpin_thread
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


def _columns(place: int, **columns: Any) -> Callable[[World], Any]:
    return lambda world: Thread.objects.filter(pk=world.threads[place].pk).update(**columns)


def _new_thread(world: World) -> None:
    start_thread(author=world.moderator, kind="question", title="One more.", source="z", tags=["loss"])


def _one_more(**columns: Any) -> Callable[[World], Any]:
    """Insert a thread far inside the lists."""

    def insert(world: World) -> None:
        thread = start_thread(author=world.moderator, kind="question", title="From elsewhere.", source="z")
        rows = Thread.objects.filter(pk=thread.pk)
        copied = rows.values().get() | {"last_post_at": NOW - timedelta(days=10, hours=5)} | columns
        delete_post(post=thread.posts.get(), by=world.moderator)
        del copied["id"]
        CHANGES.catch_up()
        Thread.objects.bulk_create([Thread(**copied)])

    return insert


def _merge_tag(world: World) -> int:
    """Make one tag a synonym of another, as it is until the job that moves its threads begins. Returns its key."""
    Tag.objects.create(slug="risk", name="risk")
    tag = Tag.objects.get(slug="loss")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "move_tagged", lambda tag_id: None)
        taxonomy.make_synonym(tag=tag, of="risk", by=world.moderator)
    assert tag.threads.count() == len(AGES)
    return tag.pk


PLACES = [0, 1, 4, 5, 6, 8, 10, 13, 15]
ACTS: dict[str, Callable[[World], Any]] = {
    "all people are renamed": lambda world: User.objects.update(display_name="Somebody Else"),
    "the pinned thread is not any more": lambda world: unpin_thread(thread=world.threads[PINNED], by=world.moderator),
    "the pinned thread is hidden": lambda world: hide_post(post=world.opening(PINNED), by=world.moderator),
    "the pinned thread is deleted": lambda world: delete_post(post=world.opening(PINNED), by=world.moderator),
    "the hidden thread is shown": lambda world: unhide_post(post=world.opening(HIDDEN), by=world.moderator),
    "a thread is begun": _new_thread,
    "a thread is copied from elsewhere": _one_more(),
    "a pinned thread is copied from elsewhere": _one_more(pinned_at=NOW),
    "the newest is the oldest": _columns(0, last_post_at=NOW - timedelta(days=9_000)),
    "the newest is far inside": _columns(0, last_post_at=NOW - timedelta(days=10, hours=3)),
    "the newest is far inside by month": _columns(0, last_post_at=NOW - timedelta(days=600)),
    "the oldest is far inside": _columns(15, last_post_at=NOW - timedelta(days=7, hours=3)),
    "counts of the category are counted anew": lambda world: Category.objects.update(thread_count=77),
    "all openings are edited": lambda world: Post.objects.filter(role="opening").update(html="<p>Other.</p>"),
    "all are agreed with": lambda world: Post.objects.update(agree_count=4),
    "all are voted on": lambda world: Post.objects.update(score=9, up_count=9),
    "scores are turned around": lambda world: Thread.objects.update(score=F("id")),
    "a tag is merged and no job has run": lambda world: _merge_tag(world),
    "a tag is merged and its threads moved": lambda world: merging.move_tagged(_merge_tag(world)),
    "SQL is typed by an operator": lambda world: connection.cursor().execute(
        "UPDATE content_thread SET title_html = ''"
    ),
}
ACTS_ON: dict[str, Callable[[World, int], Any]] = {
    "replied to": lambda world, place: add_post(thread=world.threads[place], author=world.moderator, source="More."),
    "voted on": lambda world, place: vote(user=world.voter, post=world.opening(place), value=1),
    "and its reply voted on": lambda world, place: vote(user=world.voter, post=world.reply(place), value=1),
    "hidden": lambda world, place: hide_post(post=world.opening(place), by=world.moderator),
    "deleted": lambda world, place: delete_post(post=world.opening(place), by=world.moderator),
    "without its reply": lambda world, place: delete_post(post=world.reply(place), by=world.moderator),
    "locked": lambda world, place: lock_thread(thread=world.threads[place], by=world.moderator),
    "pinned": lambda world, place: pin_thread(thread=world.threads[place], by=world.moderator),
    "moved": lambda world, place: move_thread(
        thread=world.threads[place], by=world.moderator, category=Category.objects.get(slug="derivations")
    ),
    "without tags": lambda world, place: world.threads[place].tags.clear(),
}


def test_the_lists_have_pages(world):
    """Those of the latest threads show each visible one once, and the same backwards."""
    assert len(_pages_of(world, "/latest/?after=")) == 4
    assert len(_pages_of(world, "/latest/?before=")) == 4
    assert len(world.pages) >= 60


@pytest.mark.parametrize("name", ACTS)
def test_after_an_act(world, ended, name: str):
    ACTS[name](world)
    ended()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ACTS_ON)
def test_after_an_act_on_one_thread(world, ended, name: str, place: int):
    ACTS_ON[name](world, place)
    assert ended() or name == "pinned"


def test_an_accepted_answer_ends_the_lists_that_show_its_thread(world, ended):
    accept_answer(answer=world.reply(0), by=world.threads[0].author)
    showing = {*_pages_of(world, "/latest/", "Thread 00."), *_pages_of(world, "/questions/", "Thread 00.")}
    assert {"/latest/", "/questions/"} <= {_address(key) for key in showing}
    assert showing <= ended()


def test_a_deleted_thread_ends_the_lists_that_show_it(world, ended):
    showing = {key for path in LISTS for key in _pages_of(world, path, "Thread 09.")}
    delete_post(post=world.opening(9), by=world.moderator)
    assert len(showing) > 10
    assert showing <= ended()


def test_a_restored_thread_ends_the_pages_that_it_enters(world, db):
    with _kept_after(lambda: delete_post(post=world.opening(9), by=world.moderator), world) as kept:
        between = _around(kept, "Thread 08.", "Thread 10.")
        restore_post(post=world.opening(9), by=world.moderator)
        assert between & _ended(kept)


def test_a_restored_reply_moves_its_thread(world, db):
    with _kept_after(lambda: delete_post(post=world.reply(3), by=world.moderator), world) as kept:
        restore_post(post=world.reply(3), by=world.moderator)
        assert _ended(kept)


def test_one_pin_more_than_are_shown_dates_the_oldest_again(world, db):
    """It goes back among the others, far inside, where nothing of it was shown."""

    def pin_as_many_as_are_shown() -> None:
        for place in (8, 10):
            pin_thread(thread=world.threads[place], by=world.moderator)

    with _kept_after(pin_as_many_as_are_shown, world) as kept:
        between = _around(kept, "Thread 04.", "Thread 06.")
        pin_thread(thread=world.threads[13], by=world.moderator)
        gone = _ended(kept)
        assert between & gone
        assert {"/", "/latest/"} <= {_address(key) for key in gone}


@contextmanager
def _kept_after(act: Callable[[], Any], world: World) -> Iterator[World]:
    """Keep every page of each list as it is after an act."""
    with taken_back(), kept_pages():
        act()
        for path in LISTS:
            _read_to_its_end(path)
        pages = dict(answers.STORE._probation.items()) | dict(answers.STORE._main.items())
        yield replace(world, pages=pages)


def _around(world: World, *titles: str) -> set[Hashable]:
    """Return the pages far inside the latest that show one of the threads between which another enters."""
    found = {key for title in titles for key in _pages_of(world, "/latest/?after=", title)} & _dated(world)
    assert found
    return found


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
