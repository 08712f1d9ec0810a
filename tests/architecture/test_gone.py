"""What is taken away is gone everywhere at once, also for who asks whether what they have is still right.

Every page that a reader can get is read once, to find those that have the words. These are read before an act that
takes the words away, and after it, with all caches as they were and with the ETag and the date of then: none has them,
and none is said to be as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from community.common.ratelimit.store import limiter
from community.content.models import Post, Thread
from community.content.services import add_post, delete_post, edit_post, start_thread
from community.moderation.services import hide
from tests.architecture import world as worlds
from tests.architecture.test_routes import ROWS, Door, address
from tests.factories import PersonFactory
from tests.kept_pages import kept_pages
from tests.taken_back import taken_back

TITLE, OPENING, ANSWER = "Zyxtitle", "zyxopening", "zyxanswer"
ALL = (TITLE, OPENING, ANSWER)
READERS = ("visitor", "member")
NOT_OF_NOW = {"content:post-history", "content:version"}  # show what a text was
STREAMS = {"notifications:events", "content:news-events", "experiments:events", "api-v1:run_events"}


@dataclass
class Written:
    """A question and its answer, by people who read no page here."""

    thread: Thread
    answer: Post

    @property
    def opening(self) -> Post:
        return self.thread.posts.get(role="opening")


ACTS: dict[str, tuple[Callable[[Door, Written], object], tuple[str, ...]]] = {
    "a thread is hidden": (lambda door, it: hide(actor=door.world.people["moderator"], post=it.opening, note=""), ALL),
    "a thread is deleted": (lambda door, it: delete_post(post=it.opening, by=door.world.people["moderator"]), ALL),
    "SQL hides a thread": (
        lambda _door, it: Thread.objects.filter(pk=it.thread.pk).update(hidden_at=timezone.now()),
        ALL,
    ),
    "an answer is hidden": (
        lambda door, it: hide(actor=door.world.people["moderator"], post=it.answer, note=""),
        (ANSWER,),
    ),
    "an answer is deleted": (lambda _door, it: delete_post(post=it.answer, by=it.answer.author), (ANSWER,)),
    "an answer is edited": (
        lambda _door, it: edit_post(post=it.answer, editor=it.answer.author, source="Other.", base_version=1),
        (ANSWER,),
    ),
}
AT_COMMIT = {"a thread is hidden", "an answer is deleted", "an answer is edited"}
"""Another of each kind; for pages that are kept, test_kept.py has them all."""


@pytest.fixture(scope="module")
def door(django_db_setup, django_db_blocker) -> Iterator[Door]:
    with django_db_blocker.unblock(), taken_back():
        yield Door(worlds.build())


@pytest.fixture(scope="module")
def it(door, django_db_blocker) -> Iterator[Written]:
    with django_db_blocker.unblock(), taken_back():
        yield _written()


@pytest.fixture(scope="module")
def having(door, it, django_db_blocker) -> list[tuple[str, str]]:
    """Return readers and addresses of the pages that have one of the words."""
    asked = [(reader, path) for reader, paths in _addresses(door, it).items() for path in sorted(paths)]
    with django_db_blocker.unblock(), taken_back():
        return [page for page in asked if _shows(_get(door, *page), page[1], ALL)]


def _written() -> Written:
    asker, other = PersonFactory(handle="asker"), PersonFactory(handle="answerer")
    thread = start_thread(
        author=asker, kind="question", title=f"{TITLE} of a loss", source=f"Some {OPENING} words.", tags=["xor"],
        publish=True,
    )  # fmt: skip
    answer = add_post(thread=thread, author=other, source=f"Some {ANSWER} words.", role="answer")
    return Written(Thread.objects.get(pk=thread.pk), Post.objects.get(pk=answer.pk))


def _addresses(door: Door, it: Written) -> dict[str, set[str]]:
    """Return what each reader asks for: the addresses of the table that are there for them, and of the question."""
    found: dict[str, set[str]] = {reader: set() for reader in READERS}
    for row in ROWS:
        if row.method != "GET" or row.route in STREAMS | NOT_OF_NOW:
            continue
        for reader in READERS:
            if row.answers[worlds.ROLES.index(reader)] == "200":
                found[reader].add(address(row.route, door.world.things[row.thing]))
    place = {"pk": it.thread.pk, "slug": it.thread.slug, "number": it.answer.number}
    path, answer = it.thread.get_absolute_url(), it.answer.get_absolute_url()
    own = {
        path,
        *(address(route, place) for route in ("forum:post", "content:comments", "content:related", "content:news")),
        *(address(f"blogs:feed-thread{kind}", place) for kind in ("", "-rss")),
        *(address(f"api-v1:thread_{part}", {"thread_id": it.thread.pk}) for part in ("detail", "posts")),
        address("api-v1:post_detail", {"post_id": it.answer.pk}),
        *(f"/@{handle}/{tab}" for handle in ("asker", "answerer") for tab in ("", "?show=answer")),
        *(address(f"blogs:feed-person{kind}", {"handle": "answerer"}) for kind in ("", "-rss")),
        *(f"{address('content:link-preview', {})}?{urlencode({'to': to})}" for to in (path, answer)),
        *(f"{address(route, {})}?q={word}" for word in ALL
          for route in ("search:results", "search:suggest", "api-v1:search")),
    }  # fmt: skip
    return {reader: addresses | own for reader, addresses in found.items()}


@pytest.mark.parametrize(
    "name", [name if name in AT_COMMIT else pytest.param(name, marks=pytest.mark.full) for name in ACTS]
)
def test_words_are_gone(door, it, having, db, name: str) -> None:
    act, words = ACTS[name]
    with taken_back(), kept_pages():
        had: dict[tuple[str, str], dict[str, str]] = {}
        for reader, path in having:
            response = _get(door, reader, path)
            if _shows(response, path, words):
                headers = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
                had[reader, path] = {ask: response[told] for ask, told in headers.items() if told in response}
        assert len(had) >= 20
        act(door, it)
        after = {page: _get(door, *page, headers) for page, headers in had.items()}
        assert not [page for page, response in after.items() if response.status_code == 304]
        assert not [page for page, response in after.items() if _shows(response, page[1], words)]


def _get(door: Door, reader: str, path: str, headers: dict[str, str] | None = None):
    limiter.cache_clear()
    return door.world.client(reader).get(path, headers=headers or {})


def _shows(response, path: str, words: tuple[str, ...]) -> bool:
    """Return whether a page shows one of the words, apart from those that were asked for."""
    if response.status_code != 200 or response.streaming:
        return False
    text = response.content.decode(errors="replace")
    return any(word in text for word in words if f"q={word}" not in path) or (
        "q=" in path and any(f"Some {word}" in text or f"{word} of a loss" in text for word in words)
    )
