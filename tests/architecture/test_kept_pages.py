"""No page for visitors is kept after an act that changes it.

Every act of the site is done to one world, as the first role that may: after it, each page that would still be answered
from memory is made anew, and must be the same. Acts that are no route (suspending, renaming, raw SQL, a run that ends)
are added below. A page is not made anew if the act left all tables it was made from as they were; both are found out
here, from the statements sent and the rows there, and not from what the page cache has recorded of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from community.accounts.models import User
from community.common.changes.log import CHANGES
from community.common.page_cache import answers, parts
from community.common.page_cache.views import MARK
from community.common.routing import match
from community.content.models import Category, Post, Tag, Thread
from community.social.models import Follow, Mark
from tests.architecture import world as worlds
from tests.architecture.test_routes import ROLES, ROWS, Door, Row, address
from tests.kept_pages import KeptPageDiffers, difference, everything_kept, kept_pages
from tests.statements import statements
from tests.taken_back import taken_back

ACTS = [row for row in ROWS if row.method != "GET" and any(answer[0] in "23" for answer in row.answers)]

# Other lists at the same address.
BY_VOTES = ("", "?order=top", "?order=top&period=week")
QUERIES = {
    "pages:profile": ("", "?show=answer", "?show=run"),
    "forum:latest": (*BY_VOTES, "?order=new", "?order=unanswered", "?kind=question"),
} | dict.fromkeys(["forum:questions", "forum:category", "forum:tag", "blogs:articles", "blogs:notes"], BY_VOTES)

NOW = timezone.now() + timedelta(minutes=5)
LOG = "common_change"  # read for every page, and shown on none


@dataclass
class Tables:
    """The tables that each page was made from, and all rows there are, as before an act."""

    read: dict[Hashable, set[str]]
    rows: dict[str, int]

    def changed(self) -> set[str]:
        """Return the tables with other rows than then, whoever wrote them: also triggers."""
        return {table for table, rows in all_rows().items() if rows != self.rows[table]}


@dataclass
class Kept(Tables):
    pages: dict[Hashable, answers.KeptPage]


def all_rows() -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - {LOG}:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = hash(tuple(sorted(map(repr, cursor.fetchall()))))
    return found


def named_in(sent: Iterable[str]) -> set[str]:
    return {word for sql in sent for word in re.findall(r"\w+", sql)}


def is_page(row: Row) -> bool:
    """Return whether a visitor sees it."""
    return row.method == "GET" and row.answers[0] == "200"


@pytest.fixture(scope="module")
def door(django_db_setup, django_db_blocker) -> Iterator[Door]:
    with django_db_blocker.unblock(), taken_back():
        yield Door(worlds.build())


@pytest.fixture(scope="module")
def kept(door, django_db_blocker) -> Kept:
    """Every shared page of the world, as it is before an act. Each is made with nothing remembered of the others."""
    read: dict[Hashable, set[str]] = {}
    with django_db_blocker.unblock(), kept_pages(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: NOW)
        rows = all_rows()
        for row in ROWS:
            if is_page(row):
                path = address(row.route, door.world.things[row.thing])
                for query in QUERIES.get(row.route, ("",)):
                    cache.clear()
                    parts.STORE.clear()
                    with statements() as sent:
                        Client().get(path + query)
                    tables = named_in(sent) & rows.keys()
                    read |= dict.fromkeys(answers.STORE._probation.keys() - read.keys(), tables)
        return Kept(read, rows, dict(answers.STORE._probation.items()))


@pytest.fixture(autouse=True)
def one_moment(monkeypatch) -> None:
    """Ages do not change while pages are compared."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def assert_right(kept: Kept, changed: set[str]) -> int:
    """Make each page anew that would still be sent and was made from a changed table; return how many ended."""
    CHANGES.catch_up()
    stay = {key: page for key in kept.pages if (page := answers.current(key) or answers.renewed(key)) is not None}
    answers.STORE.clear()
    for key, page in stay.items():
        if not kept.read[key] & changed:
            continue
        _scheme, _host, path, query, _choices = key
        response = Client().get(f"{path}?{query}" if query else path)
        fresh = response.content.decode() if response.status_code == 200 else str(response.status_code)
        if fresh != page.body().decode():
            told = difference(page.body().decode(), fresh)
            raise KeptPageDiffers(f"{path}\n{told}\n{sorted(page.topics)}")
    return len(kept.pages) - len(stay)


def test_every_shared_page_is_kept(door, db, kept) -> None:
    pages = [address(row.route, door.world.things[row.thing]) for row in ROWS if is_page(row)]
    shared = {path for path in pages if hasattr(match(path).func, MARK)}
    assert len(shared) >= 40
    assert {key[2] for key in kept.pages} == shared
    read = {key[2]: tables for key, tables in kept.read.items()}
    assert {"content_thread", "content_post", "accounts_user"} <= read[address("forum:thread", _thread(door))]
    assert sum(map(bool, read.values())) >= 30


@pytest.mark.parametrize("row", ACTS, ids=str)
def test_after_every_act(door, db, kept, row: Row) -> None:
    role = next(role for role, answer in zip(ROLES, row.answers, strict=True) if answer[0] in "23")
    with taken_back(), everything_kept(kept.pages):
        about = door.world.things[row.thing]
        response = door._send(role, row.method, row.route, address(row.route, about), worlds.form_for(row.route, about))
        assert response.status_code < 400
        assert_right(kept, kept.changed())


def _thread(door: Door) -> Any:
    return door.world.things["thread"]


def _update(model: Any, **columns: Any) -> Callable[[Door], Any]:
    return lambda door: model.objects.update(**columns)


OTHER_ACTS: dict[str, Callable[[Door], Any]] = {
    "all people are renamed": _update(User, display_name="Somebody Else"),
    "all people are suspended": _update(User, is_active=False),
    "all people become staff": _update(User, is_staff=True),
    "a handle is changed": lambda door: User.objects.filter(handle=door.world.things["person"]["handle"]).update(
        handle="renamed"
    ),
    "categories are renamed": _update(Category, name="Renamed", name_zh="改名"),
    "tags are renamed": _update(Tag, name="renamed"),
    "tags are counted anew": _update(Tag, thread_count=7),
    "categories are counted anew": _update(Category, thread_count=7),
    "threads are hidden": _update(Thread, hidden_at=timezone.now()),
    "threads are deleted": _update(Thread, deleted_at=timezone.now()),
    "threads are locked": _update(Thread, locked_at=timezone.now()),
    "threads are pinned": _update(Thread, pinned_at=timezone.now()),
    "threads are moved to no category": _update(Thread, category=None),
    "posts are hidden": lambda door: Post.objects.exclude(role="opening").update(hidden_at=timezone.now()),
    "posts are edited": _update(Post, html="<p>Other words.</p>", excerpt="Other words.", text="Other words."),
    "posts are voted on": _update(Post, score=99, up_count=100, down_count=1),
    "posts are agreed with": _update(Post, agree_count=9),
    "threads are voted on": _update(Thread, score=9),
    "marks are reworded": _update(Mark, reason="Other words."),
    "a new person follows everybody": lambda door: Follow.objects.bulk_create(
        [Follow(follower=_somebody(), person=person) for person in User.objects.exclude(handle="zoe")]
    ),
    "SQL is typed by an operator": lambda door: connection.cursor().execute("UPDATE content_thread SET title = 'SQL'"),
    "runs are stopped": lambda door: connection.cursor().execute("UPDATE bpsandbox_run SET state = 'cancelled'"),
    "runs become private": lambda door: connection.cursor().execute(
        "UPDATE bpsandbox_attachment SET visibility = 'private'"
    ),
}


def _somebody() -> User:
    return User.objects.get_or_create(handle="zoe", defaults={"email": "zoe@example.org"})[0]


@pytest.mark.parametrize("name", OTHER_ACTS)
def test_after_what_is_no_route(door, db, kept, name: str) -> None:
    with taken_back(), everything_kept(kept.pages):
        OTHER_ACTS[name](door)
        assert (changed := kept.changed())
        assert assert_right(kept, changed) > 0


def test_nothing_ends_without_a_change(door, db, kept) -> None:
    with taken_back(), everything_kept(kept.pages):
        for role in ROLES:
            door.world.client(role).get("/")
        assert assert_right(kept, set(kept.rows)) == 0


@pytest.mark.parametrize("change", [{"hidden_at": timezone.now()}, {"title": "Renamed", "title_html": "Renamed"}])
def test_after_a_change_of_one_thread(door, db, kept, change) -> None:
    """What other pages show of it ends too: an answer in a list, a number of answers."""
    for pk in Thread.objects.values_list("pk", flat=True):
        with taken_back(), everything_kept(kept.pages):
            Thread.objects.filter(pk=pk).update(**change)
            assert_right(kept, kept.changed())
