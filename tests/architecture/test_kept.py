"""Nothing that is kept, page or part of a page, is used after an act that changes it; and no part is another reader's.

There is one site (kept_site.py). Everything that is kept of it is noted once, with the queries behind it
(kept_content.py). Then each act (kept_acts.py), and each other value of a column (kept_columns.py), is done once: what
would still be used must be what is made anew, for visitors, a member, an author and a moderator.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from community.accounts.models import User
from community.common.changes import watched_tables
from community.common.page_cache import parts
from community.common.page_cache.recording import with_parts
from community.common.page_cache.views import MARK
from community.common.routing import match
from community.content.models import Thread
from community.content.services import delete_post, restore_post
from community.forum.services import pin_everywhere
from community.notifications.models import Notification
from tests.architecture.kept_acts import LISTED, ON_LISTS, ON_ONE_THREAD, OTHER_PLACES, OTHERS, PLACES, ROUTES, act
from tests.architecture.kept_columns import changes_of
from tests.architecture.kept_content import READERS, Kept, address_of, keeping, shown
from tests.architecture.kept_site import LISTS, NOW, Site, built
from tests.architecture.test_routes import ROLES, ROWS, Row, address
from tests.kept_pages import KeptPageDiffers, kept_pages
from tests.taken_back import taken_back

# Other lists at the same address.
BY_VOTES = ("", "?order=top", "?order=top&period=week")
QUERIES = {
    "pages:profile": ("", "?show=answer", "?show=run"),
    "forum:latest": (*BY_VOTES, "?order=new", "?order=unanswered", "?kind=question"),
} | dict.fromkeys(["forum:questions", "forum:category", "forum:tag", "blogs:articles", "blogs:notes"], BY_VOTES)
MODELS = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker) -> Iterator[Site]:
    with django_db_blocker.unblock(), built() as site:
        yield site


def shared_pages(site: Site) -> list[str]:
    """Return the addresses of the route table whose page is that of all visitors, and of two threads that show more.

    The RSS of a feed is made by the view of its Atom: one is enough.
    """
    rows = [row for row in ROWS if row.method == "GET" and row.answers[0] == "200"]
    rows = [row for row in rows if not row.route.endswith("-rss") or row.route == "blogs:feed-site-rss"]
    found = [
        address(row.route, site.world.things[row.thing]) + query
        for row in rows
        for query in QUERIES.get(row.route, ("",))
    ]
    more = [Thread.objects.get(title=title).get_absolute_url() for title in ("Elsewhere", "A second part")]
    return [path for path in dict.fromkeys([*found, *more]) if hasattr(match(path.partition("?")[0]).func, MARK)]


@pytest.fixture(scope="module")
def everything(site, django_db_blocker) -> Kept:
    """All that is kept of the site before an act."""
    with django_db_blocker.unblock(), keeping(site.world) as kept:
        for path in shared_pages(site):
            kept.read(path)
        for path in LISTS:
            kept.read_to_its_end(path)
        for path in shared_pages(site):
            kept.read_as_members(path)
    return kept


@pytest.fixture
def kept(everything, db) -> Iterator[Kept]:
    with taken_back(), kept_pages():
        everything.begin()
        yield everything


@pytest.fixture
def kept_first(site, everything, db) -> Iterator[Kept]:
    """Without what is far inside of lists."""
    with taken_back(), kept_pages():
        first = everything.of(shared_pages(site))
        first.begin()
        yield first


def test_what_is_kept(site, kept) -> None:
    """All pages that are shared, to the end of lists, and the parts of a dozen."""
    addresses = {address_of(key) for key in kept.pages}
    assert set(shared_pages(site)) <= addresses
    assert len(addresses) >= 110
    with_parts = {path for paths in kept.pages_with.values() for path in paths}
    assert {"/", "/latest/", "/@author/"} <= with_parts
    assert len(with_parts) >= 12
    thread = kept.pages_of(address("forum:thread", site.world.things["thread"])).pop()
    read = " ".join(sql for sql, _values in kept.queries[thread])
    assert all(f'"{table}"' in read for table in ("content_thread", "content_post", "accounts_user"))


def test_the_lists_have_pages(kept) -> None:
    """Those of the latest threads show each visible one once, and the same backwards."""
    forwards, backwards = kept.pages_of("/latest/?after="), kept.pages_of("/latest/?before=")
    assert len(forwards) == len(backwards) >= 4
    for number in (0, 8, 15):
        assert len(kept.pages_of("/latest/?after=", f"Thread {number:02}.")) == 1


def test_nothing_ends_without_a_change(site, kept) -> None:
    """And everything that is made anew is the same."""
    for role in ROLES:
        site.world.client(role).get("/")
    compared = replace(kept, found=dict.fromkeys(kept.found, ""))
    assert compared.ended(kept.rows) == set()


@pytest.mark.parametrize("row", ROUTES, ids=str)
def test_after_every_act(site, kept_first, row: Row) -> None:
    act(site, row)
    kept_first.ended()


@pytest.mark.parametrize("name", OTHERS)
def test_after_what_is_no_route(site, kept_first, name: str) -> None:
    OTHERS[name](site)
    assert kept_first.changed_tables()
    assert kept_first.ended()


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in ON_LISTS else pytest.mark.full) for name in OTHERS]
)
def test_to_the_end_of_lists_after_what_is_no_route(site, kept, name: str) -> None:
    OTHERS[name](site)
    kept.ended()


@pytest.mark.parametrize("name", LISTED)
def test_after_an_act_on_lists(site, kept, name: str) -> None:
    LISTED[name](site)
    kept.ended()


@pytest.mark.parametrize("place", [*PLACES, *(pytest.param(place, marks=pytest.mark.full) for place in OTHER_PLACES)])
@pytest.mark.parametrize("name", ON_ONE_THREAD)
def test_after_an_act_on_one_thread(site, kept, name: str, place: int) -> None:
    ON_ONE_THREAD[name](site, place)
    assert kept.ended() or name == "pinned"


@pytest.mark.parametrize("change", [{"hidden_at": NOW}, {"title": "Renamed", "title_html": "Renamed"}])
def test_after_a_change_of_one_thread(kept_first, change) -> None:
    """What other pages show of it ends too: an answer in a list, a number of answers."""
    for pk in Thread.objects.exclude(title__startswith="Thread ").values_list("pk", flat=True):
        with taken_back():
            kept_first.begin()
            Thread.objects.filter(pk=pk).update(**change)
            kept_first.ended()


@pytest.mark.parametrize("table", sorted(watched_tables()))
def test_after_a_change_of_any_column(kept_first, table: str) -> None:
    """As if a trigger left out a column that is shown, or a page did not name a topic. New columns are here too."""
    model, count, wrong = MODELS[table], 0, []
    for column, pk, value in list(changes_of(model)):
        count += 1
        with taken_back():
            kept_first.begin()
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=pk).update(**{column.attname: value})
            except DatabaseError:
                continue  # a constraint
            try:
                kept_first.ended({table}, column.column)
            except KeptPageDiffers as differs:
                wrong.append(f"{table}.{column.column} of {pk}:\n{differs}")
    assert count or not model.objects.exists()
    if wrong:
        raise KeptPageDiffers("\n\n".join(wrong))


def test_a_deleted_thread_ends_the_lists_that_show_it(site, kept) -> None:
    showing = {key for path in LISTS for key in kept.pages_of(path, "Thread 09.")}
    delete_post(post=site.opening(9), by=site.moderator)
    assert len(showing) > 10
    assert showing <= kept.ended()


def test_a_restored_thread_ends_the_pages_that_it_enters(site, db) -> None:
    with kept_after(lambda: delete_post(post=site.opening(9), by=site.moderator), site) as kept:
        between = around(kept, "Thread 08.", "Thread 10.")
        restore_post(post=site.opening(9), by=site.moderator)
        assert between & kept.ended()


def test_a_restored_reply_moves_its_thread(site, db) -> None:
    with kept_after(lambda: delete_post(post=site.reply(3), by=site.moderator), site) as kept:
        restore_post(post=site.reply(3), by=site.moderator)
        assert kept.ended()


def test_one_pin_more_than_are_shown_dates_the_oldest_again(site, db) -> None:
    """It goes back among the others, far inside, where nothing of it was shown."""

    def pin_as_many_as_are_shown() -> None:
        for place in (8, 10):
            pin_everywhere(thread=site.threads[place], by=site.moderator)

    with kept_after(pin_as_many_as_are_shown, site) as kept:
        between = around(kept, "Thread 04.", "Thread 06.")
        pin_everywhere(thread=site.threads[13], by=site.moderator)
        ended = kept.ended()
        assert between & ended
        assert {"/", "/latest/"} <= {address_of(key) for key in ended}


@contextmanager
def kept_after(first: Callable[[], Any], site: Site) -> Iterator[Kept]:
    """Keep every page of the latest threads as it is after an act."""
    with taken_back():
        first()
        with keeping(site.world) as kept:
            for path in ("/", "/latest/", "/latest/?order=top", "/questions/", "/tags/loss/"):
                kept.read_to_its_end(path)
        with kept_pages():
            kept.begin()
            yield kept


def around(kept: Kept, *titles: str) -> set[Hashable]:
    """Return the pages far inside the latest that show one of the threads between which another enters."""
    found = set[Hashable]().union(*(kept.pages_of("/latest/?after=", title) for title in titles)) & dated(kept)
    assert found
    return found


def dated(kept: Kept) -> set[Hashable]:
    """Return the pages that depend on the days that they show."""
    return {key for key, page in kept.pages.items() if any("latest:" in topic for topic in page.topics)}


@pytest.mark.parametrize("first", READERS)
def test_who_sees_what_is_gone(site, db, first: str) -> None:
    """A hidden and a deleted answer: their author and moderators see them, whoever read the page before."""
    path = address("forum:thread", site.world.things["thread"])
    with taken_back(), kept_pages():
        shown(site.world, first, path)
        for reader in READERS:
            Kept(site.world).compare_for(reader, [path])
            page = shown(site.world, reader, path)
            found = {name for name in ("post", "hidden-post", "deleted-post") if f"Because of {name}." in page}
            assert found == ({"post"} if reader == "member" else {"post", "hidden-post", "deleted-post"})


def test_nobody_elses_state(site, everything, db) -> None:
    """A vote, a bookmark and an own post are the reader's: they are no part."""
    paths = list(dict.fromkeys(path for found in everything.pages_with.values() for path in found))
    with taken_back(), kept_pages():
        for reader in READERS:
            for path in paths:
                shown(site.world, reader, path)
        for reader in reversed(READERS):
            everything.compare_for(reader, paths)


def test_one_sees_at_once_what_one_wrote(site, db) -> None:
    with taken_back(), kept_pages(seconds=60):
        thread = site.world.things["thread"]
        path, reply = address("forum:thread", thread), address("content:reply", thread)
        for reader in ("member", "author"):
            shown(site.world, reader, path)
        sent = site.door._send("member", "POST", "content:reply", reply, {"source": "Mine, now."})
        assert sent.status_code == 302
        assert "Mine, now." in shown(site.world, "member", path)
        assert "Mine, now." in shown(site.world, "author", path)


def test_a_part_that_reads_what_nobody_watches_is_not_kept(site, db) -> None:
    def weigh(_value: Any) -> int:
        return 1

    with kept_pages(), with_parts():
        assert parts.shared_part(("people",), User.objects.count, weigh) > 0
        parts.shared_part(("bells",), Notification.objects.count, weigh)
        assert parts.STORE.get(("people",)) is not None
        assert parts.STORE.get(("bells",)) is None


@pytest.mark.parametrize(
    ("path", "most"),
    [("/t/", 14), ("/latest/", 4), ("/latest/?kind=question", 3), ("/c/training-troubles/", 4), ("/@author/", 5)],
)
def test_queries_of_a_members_page_made_from_parts(site, everything, db, path: str, most: int) -> None:
    """Session and person, the log of changes, and what is the reader's own.

    The thread has all that costs a query where it is: a proof, a mark, a suggested edit, a duplicate, an invitation,
    events, an answer of the community and its editors. A list that shows a run asks for its state.
    """
    path = next(page for found in everything.pages_with.values() for page in found if page.startswith(path))
    with taken_back(), kept_pages():
        shown(site.world, "member", path)
        shown(site.world, "member", path)
        with CaptureQueriesContext(connection) as queries:
            shown(site.world, "member", path)
    assert len(queries) <= most, "\n".join(query["sql"][:200] for query in queries)
