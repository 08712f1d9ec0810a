"""No part of a member's page is kept after an act that changes it, and none is another reader's.

As for pages (test_kept_pages.py): after every act, each page made from kept parts must be the page made anew, that of a
member, of the author of what is on it, and of a moderator, who may see what the others do not. A page is left out if
the act left all tables it was made from as they were.
"""

from __future__ import annotations

import re
import time
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.accounts.models import User
from community.common.changes.log import CHANGES
from community.common.page_cache import parts
from community.common.page_cache.recording import with_parts
from community.common.page_cache.views import MARK
from community.common.routing import match
from community.notifications.models import Notification
from tests.architecture import world as worlds
from tests.architecture.test_kept_pages import ACTS, OTHER_ACTS, QUERIES, Tables, all_rows, is_page, named_in
from tests.architecture.test_routes import ROLES, ROWS, Door, Row, address
from tests.kept_pages import KeptPageDiffers, difference, kept_pages
from tests.statements import statements
from tests.taken_back import taken_back

READERS = ("member", "author", "moderator")
NOW = timezone.now() + timedelta(minutes=5)
RANDOM = re.compile(r'(?:nonce|value|content)="[A-Za-z0-9+/=_-]{20,}"')


@dataclass
class Kept(Tables):
    """The parts of all pages that have any, by the address of the page."""

    parts: dict[str, dict[Hashable, parts.KeptPart]]


@pytest.fixture(scope="module")
def door(django_db_setup, django_db_blocker) -> Iterator[Door]:
    with django_db_blocker.unblock(), taken_back():
        yield Door(worlds.build())


@pytest.fixture(autouse=True)
def one_moment(monkeypatch) -> None:
    """Ages do not change while pages are compared."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def shown(door: Door, role: str, path: str) -> str:
    response = door.world.client(role).get(path)
    return RANDOM.sub("RANDOM", response.content.decode()) if response.status_code == 200 else str(response.status_code)


@pytest.fixture(scope="module")
def kept(door, django_db_blocker) -> Kept:
    """As before an act. Each page is made with nothing remembered of the others."""
    kept = Kept({}, {}, {})
    with django_db_blocker.unblock(), kept_pages(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: NOW)
        kept.rows = all_rows()
        for path in dict.fromkeys(
            address(row.route, door.world.things[row.thing]) + query
            for row in ROWS
            if is_page(row)
            for query in QUERIES.get(row.route, ("",))
        ):
            cache.clear()
            parts.STORE.clear()
            with statements() as sent:
                for reader in READERS:
                    door.world.client(reader).get(path)
            if len(parts.STORE):
                kept.parts[path] = {**parts.STORE._probation, **parts.STORE._main}
                kept.read[path] = named_in(sent) & kept.rows.keys()
    return kept


@contextmanager
def everything_kept(kept: Kept) -> Iterator[None]:
    """Begin with all parts kept. A page that changes one, instead of a copy, fails the tests after it."""
    with kept_pages():
        CHANGES.catch_up()
        for name, part in {name: part for found in kept.parts.values() for name, part in found.items()}.items():
            part.reading, part.ends_at = CHANGES.reading, time.monotonic() + 600
            parts.STORE.put(name, part)
        yield


def assert_still_right(door: Door, kept: Kept, changed: set[str]) -> None:
    """Compare each page of which a part is still kept, and that was made from a changed table.

    For the others who read, compare pages that have all such parts.
    """
    CHANGES.catch_up()
    stay = {
        path: {name for name in found if parts.STORE.get(name).is_current()}
        for path, found in kept.parts.items()
        if kept.read[path] & changed
    }
    few, met = [], set[Hashable]()
    for path, names in sorted(stay.items(), key=lambda each: -len(each[1])):
        if names - met:
            few.append(path)
            met |= names
    assert_right(door, filter(stay.get, stay), "member")
    for reader in ("author", "moderator"):
        assert_right(door, few, reader)


def assert_right(door: Door, pages: Iterable[str], *readers: str) -> None:
    """Compare each page made from the parts that are kept with the page made anew."""
    for reader in readers:
        for path in pages:
            old = shown(door, reader, path)
            with override_settings(PAGE_CACHE_BYTES=0):
                fresh = shown(door, reader, path)
            if old != fresh:
                raise KeptPageDiffers(f"{reader} at {path}\n{difference(old, fresh)}")


def test_which_pages_have_parts(door, db, kept) -> None:
    shared = {path for path in kept.parts if hasattr(match(path.partition("?")[0]).func, MARK)}
    assert shared == set(kept.parts)
    assert len(shared) >= 12
    for path in ("/", "/latest/", "/@author/"):
        assert {"content_thread", "content_post", "accounts_user"} <= kept.read[path]


def _last_reading() -> int:
    """Return what tells whether the database has logged a change; without one, all parts stay."""
    CHANGES.catch_up()
    return CHANGES.reading


@pytest.mark.parametrize("row", ACTS, ids=str)
def test_after_every_act(door, db, kept, row: Row) -> None:
    role = next(role for role, answer in zip(ROLES, row.answers, strict=True) if answer[0] in "23")
    with taken_back(), everything_kept(kept):
        about, before = door.world.things[row.thing], _last_reading()
        response = door._send(role, row.method, row.route, address(row.route, about), worlds.form_for(row.route, about))
        assert response.status_code < 400
        if _last_reading() != before:
            assert_still_right(door, kept, kept.changed())


@pytest.mark.parametrize("name", OTHER_ACTS)
def test_after_what_is_no_route(door, db, kept, name: str) -> None:
    with taken_back(), everything_kept(kept):
        OTHER_ACTS[name](door)
        changed = kept.changed()
        assert changed
        assert_still_right(door, kept, changed)


@pytest.mark.parametrize("first", READERS)
def test_who_sees_what_is_gone(door, db, first: str) -> None:
    """A hidden and a deleted answer: their author and moderators see them, whoever read the page before."""
    path = address("forum:thread", door.world.things["thread"])
    with taken_back(), kept_pages():
        shown(door, first, path)
        assert_right(door, [path], *READERS)
        for reader in READERS:
            page = shown(door, reader, path)
            found = {name for name in ("post", "hidden-post", "deleted-post") if f"Because of {name}." in page}
            assert found == ({"post"} if reader == "member" else {"post", "hidden-post", "deleted-post"})


def test_nobody_elses_state(door, db, kept) -> None:
    """A vote, a bookmark and an own post are the reader's: they are no part."""
    with taken_back(), kept_pages():
        for reader in READERS:
            for path in kept.parts:
                shown(door, reader, path)
        assert_right(door, kept.parts, *reversed(READERS))


def test_one_sees_at_once_what_one_wrote(door, db) -> None:
    with taken_back(), kept_pages(seconds=60):
        thread = door.world.things["thread"]
        path = address("forum:thread", thread)
        shown(door, "member", path)
        shown(door, "author", path)
        sent = door._send("member", "POST", "content:reply", address("content:reply", thread), {"source": "Mine, now."})
        assert sent.status_code == 302
        assert "Mine, now." in shown(door, "member", path)
        assert "Mine, now." in shown(door, "author", path)


def test_a_part_that_reads_what_nobody_watches_is_not_kept(door, db) -> None:
    def weigh(value: Any) -> int:
        return 1

    with kept_pages(), with_parts():
        assert parts.shared_part(("people",), User.objects.count, weigh) > 0
        parts.shared_part(("bells",), Notification.objects.count, weigh)
        assert parts.STORE.get(("people",)) is not None
        assert parts.STORE.get(("bells",)) is None


@pytest.mark.parametrize(
    ("path", "most"), [("/t/", 11), ("/latest/", 3), ("/c/training-troubles/", 4), ("/@author/", 5)]
)
def test_queries_of_a_members_page_made_from_parts(door, db, kept, path: str, most: int) -> None:
    """Session and person, the log of changes, and what is the reader's own.

    The thread has all that costs a query where it is: a proof, a mark, a suggested edit, a duplicate, an invitation.
    """
    path = next(page for page in kept.parts if page.startswith(path))
    with taken_back(), kept_pages():
        shown(door, "member", path)
        shown(door, "member", path)
        with CaptureQueriesContext(connection) as queries:
            shown(door, "member", path)
    assert len(queries) <= most, "\n".join(query["sql"][:200] for query in queries)
