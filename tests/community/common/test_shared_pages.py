"""Kept pages that processes share: who gets what another process made, and that nothing old is among it."""

import threading
import time
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client, override_settings

from community.common.changes import log
from community.common.changes.log import CHANGES, ChangeLog, Snapshot
from community.common.page_cache import answers, parts, shared
from community.common.page_cache.recording import Recording
from community.common.page_cache.store import keep
from community.content.models import Category, Thread
from tests.factories import QuestionFactory
from tests.kept_pages import kept_pages

KEY = ("http", "host", "/t/1/", "", ("en",))


class Database:
    """PostgreSQL as `ChangeLog` reads it: which transactions have ended, and the changes of those that have."""

    vendor = "postgresql"

    def __init__(self) -> None:
        self.end, self.open = 100, set()
        self.rows: list[tuple[int, str, int]] = []
        self.found: list[tuple] = []

    @property
    def snapshot(self) -> str:
        return f"{min(self.open, default=self.end)}:{self.end}:{','.join(map(str, sorted(self.open)))}"

    def begin(self) -> int:
        self.open.add(self.end)
        self.end += 1
        return self.end - 1

    def commit(self, xid: int, topics: str) -> None:
        self.open.remove(xid)
        self.rows.append((len(self.rows), topics, xid))

    def change(self, topics: str) -> None:
        self.commit(self.begin(), topics)

    def execute(self, sql: str, params=()) -> None:
        seen = [row for row in self.rows if params and row[2] >= params[0]]
        if sql == log.POSTGRESQL:
            self.found = [(self.snapshot, *row) for row in seen] or [(self.snapshot, None, None, None)]
        else:
            self.found = [row[:1] for row in seen] if params else [(self.snapshot,)]

    def fetchone(self) -> tuple:
        return self.found[0]

    def fetchall(self) -> list[tuple]:
        return self.found


@pytest.fixture
def database(monkeypatch):
    found = Database()

    @contextmanager
    def cursor():
        yield found, "postgresql"

    monkeypatch.setattr(log, "_cursor", cursor)
    return found


def process() -> ChangeLog:
    found = ChangeLog()
    found.catch_up()
    return found


def knows(reader: ChangeLog, maker: ChangeLog, *topics: str) -> bool:
    """Return whether a reader takes a page with these topics that a maker makes now."""
    assert maker.snapshot is not None
    return reader.unchanged_since(frozenset(topics), maker.snapshot) is not None


class TestWhatAProcessKnows:
    def test_nothing_has_changed(self, database):
        maker, reader = process(), process()
        assert knows(reader, maker, "thread:1")

    def test_a_change_after_the_page(self, database):
        maker, reader = process(), process()
        database.change("content_post thread:1")
        reader.catch_up()
        assert not knows(reader, maker, "thread:1")
        assert knows(reader, maker, "thread:2")

    def test_a_change_before_the_page(self, database):
        maker, reader = process(), process()
        database.change("content_post thread:1")
        reader.catch_up()
        maker.catch_up()
        assert knows(reader, maker, "thread:1")

    def test_a_change_that_was_open_when_the_page_was_made(self, database):
        """Its number is lower than those of changes that the page shows."""
        maker, reader = process(), process()
        late = database.begin()
        database.change("content_post thread:1")
        maker.catch_up()
        reader.catch_up()
        assert knows(reader, maker, "thread:1")
        database.commit(late, "content_post thread:1")
        reader.catch_up()
        assert not knows(reader, maker, "thread:1")
        assert knows(reader, maker, "thread:2")
        maker.catch_up()
        assert knows(reader, maker, "thread:1")

    def test_an_open_transaction_that_changes_nothing_here_holds_nothing_up(self, database):
        maker, reader = process(), process()
        database.begin()
        database.change("content_post thread:1")
        reader.catch_up()
        maker.catch_up()
        assert knows(reader, maker, "thread:1")

    def test_who_began_later_takes_no_page_from_before(self, database):
        maker = process()
        database.change("content_post thread:1")
        reader = process()
        assert not knows(reader, maker, "thread:2")
        maker.catch_up()
        assert knows(reader, maker, "thread:1")

    def test_who_began_while_a_change_was_open_hears_of_it(self, database):
        late = database.begin()
        maker, reader = process(), process()
        database.commit(late, "content_post thread:1")
        reader.catch_up()
        assert not knows(reader, maker, "thread:1")

    def test_who_has_not_read_as_far_takes_no_page(self, database):
        maker, reader = process(), process()
        database.change("content_post thread:1")
        maker.catch_up()
        assert not knows(reader, maker, "thread:2")
        reader.catch_up()
        assert knows(reader, maker, "thread:2")

    @pytest.mark.parametrize(("name", "limit"), [("MAX_ROWS", 3), ("MAX_TOPICS", 2)])
    def test_what_it_cannot_keep_counts_as_changed(self, database, monkeypatch, name, limit):
        maker, reader = process(), process()
        monkeypatch.setattr(log, name, limit)
        for number in range(4):
            database.change(f"content_post thread:{number}")
        reader.catch_up()
        reader.catch_up()
        database.change("content_post thread:9")
        reader.catch_up()
        assert not knows(reader, maker, "thread:7")

    def test_a_database_that_was_restored(self, database):
        """Its transactions have smaller numbers: nothing from before is taken, and what is made later is."""
        database.end = 1000
        maker, reader = process(), process()
        before = maker.snapshot
        database.end = 500
        assert reader.unchanged_since(frozenset(), before) is not None
        reader.catch_up()
        reader.catch_up()
        assert reader.unchanged_since(frozenset(), before) is None
        assert knows(reader, process(), "thread:1")

    def test_who_forgets_takes_nothing(self, database):
        maker, reader = process(), process()
        reader.forget()
        assert not knows(reader, maker)


class TestSnapshot:
    def test_it_is_read_as_postgresql_writes_it(self):
        assert Snapshot.parse("5:9:5,7") == Snapshot(5, 9, frozenset({5, 7}))
        assert Snapshot.parse("5:5:") == Snapshot(5, 5, frozenset())

    @pytest.mark.parametrize(
        ("one", "other", "is_before"),
        [
            ("5:9:5,7", "5:9:5,7", True),
            ("5:9:5,7", "7:12:7,10", True),  # 5 has ended, 10 has begun
            ("5:9:5,7", "5:9:5,6,7", False),  # 6 had ended
            ("5:9:5,7", "5:8:5,7", False),
            ("7:12:7,10", "5:9:5,7", False),
        ],
    )
    def test_which_is_before_the_other(self, one, other, is_before):
        assert Snapshot.parse(one).is_before(Snapshot.parse(other)) is is_before


@pytest.fixture
def changes(database, monkeypatch):
    """The log as this process knows it, of a database of the test's own."""
    found = process()
    monkeypatch.setattr(shared, "CHANGES", found)
    return found


@pytest.fixture
def pages(changes):
    with kept_pages(), override_settings(PAGE_CACHE_IS_SHARED=True):
        yield
    cache.clear()


def offered(key=KEY, *, seconds: float = 600, body: bytes = b"page", changes: ChangeLog):
    page = keep([("Content-Type", "text/html")], body, frozenset({"thread:1"}), changes.reading, seconds)
    shared.offer(key, page, Recording(snapshot=changes.snapshot))
    return page


@pytest.mark.usefixtures("pages")
class TestWhatIsFetched:
    def test_the_page_that_was_offered(self, changes):
        page, found = offered(changes=changes), shared.fetch(KEY)
        assert (found.packed, found.headers, found.etag, found.topics) == (
            page.packed,
            page.headers,
            page.etag,
            page.topics,
        )
        assert found.ends_at == pytest.approx(page.ends_at, abs=1)

    def test_it_is_kept_here(self, changes, monkeypatch):
        offered(changes=changes)
        found = shared.fetch(KEY)
        monkeypatch.setattr(answers, "CHANGES", changes)
        assert answers.current(KEY) is found

    def test_nothing_after_a_change(self, changes, database):
        offered(changes=changes)
        database.change("thread:1")
        changes.catch_up()
        assert shared.fetch(KEY) is None

    def test_a_page_of_one_who_has_read_further(self, changes, database):
        database.change("thread:1")
        offered(changes=process())
        assert shared.fetch(KEY) is not None

    @pytest.mark.parametrize("other", [("https", *KEY[1:]), (*KEY[:2], "/t/2/", *KEY[3:]), (*KEY[:4], ("zh-hans",))])
    def test_nothing_for_another_reader_even_in_the_same_slot(self, changes, monkeypatch, other):
        monkeypatch.setattr(shared, "_slot", lambda key: "page:one")
        offered(changes=changes)
        assert shared.fetch(other) is None
        assert shared.fetch(KEY) is not None

    def test_nothing_of_other_code(self, changes, monkeypatch):
        offered(changes=changes)
        monkeypatch.setattr(shared, "release", lambda: "another")
        assert shared.fetch(KEY) is None

    def test_nothing_that_has_ended(self, changes, monkeypatch):
        offered(changes=changes, seconds=20)
        now = time.time()
        monkeypatch.setattr(shared.time, "time", lambda: now + 21)
        assert shared.fetch(KEY) is None

    def test_nothing_that_is_too_large(self, changes, monkeypatch):
        monkeypatch.setattr(shared, "MAX_BYTES", 1000)
        offered(changes=changes)
        assert shared.fetch(KEY) is None

    def test_nothing_where_it_is_not_shared(self, changes):
        offered(changes=changes)
        with override_settings(PAGE_CACHE_IS_SHARED=False):
            assert shared.fetch(KEY) is None

    def test_nothing_while_the_log_cannot_be_read(self, changes, database, monkeypatch):
        def away():
            raise DatabaseError

        database.change("thread:1")
        offered(changes=process())
        monkeypatch.setattr(changes, "catch_up", away)
        assert shared.fetch(KEY) is None

    def test_a_flood_of_addresses_takes_no_more_than_its_slots(self):
        with override_settings(PAGE_CACHE_BYTES=1024**2):
            slots = {shared._slot(("http", "host", f"/t/{number}/", "", ())) for number in range(2000)}
        assert len(slots) == shared.SLOTS_A_MEGABYTE


def test_release_tells_settings_apart(monkeypatch):
    before = shared.release()
    shared.release.cache_clear()
    monkeypatch.setenv("CHAINRULE_SOMETHING", "else")
    try:
        assert shared.release() != before
    finally:
        shared.release.cache_clear()


@pytest.mark.django_db(transaction=True)
class TestWithPostgreSQL:
    def test_a_page_is_made_once_and_anew_after_a_change(self, monkeypatch):
        """Seen by a process that has kept nothing itself; the last change ends after one with a higher number."""
        from community.common.middleware.page_cache import PageCache

        if connection.vendor != "postgresql":
            pytest.skip("processes on SQLite share no cache")
        made, make = [], PageCache._made
        monkeypatch.setattr(PageCache, "_made", lambda self, *args: made.append(args) or make(self, *args))
        thread = QuestionFactory(title="Why does it diverge?")
        address = thread.get_absolute_url()

        def read() -> str:
            answers.STORE.clear()
            parts.STORE.clear()
            return Client().get(address).content.decode()

        with kept_pages(), override_settings(PAGE_CACHE_IS_SHARED=True):
            CHANGES.catch_up()
            assert "diverge" in read()
            assert "diverge" in read()
            assert len(made) == 1
            Thread.objects.filter(pk=thread.pk).update(title="Renamed")
            assert "Renamed" in read()
            with renamed_late(thread, "Renamed late"):
                Category.objects.create(name="later", slug="later")
                assert "Renamed late" not in read()
            assert "Renamed late" in read()
            Thread.objects.filter(pk=thread.pk).update(hidden_at=thread.created_at)
            assert "Renamed" not in read()
        cache.clear()


@contextmanager
def renamed_late(thread: Thread, title: str):
    """Rename it in a transaction that is open within, and ends with it."""
    changed, may_end = threading.Event(), threading.Event()

    def rename() -> None:
        try:
            with transaction.atomic():
                Thread.objects.filter(pk=thread.pk).update(title=title)
                changed.set()
                assert may_end.wait(60)
        finally:
            connection.close()

    worker = threading.Thread(target=rename)
    worker.start()
    assert changed.wait(60)
    yield
    may_end.set()
    worker.join()
