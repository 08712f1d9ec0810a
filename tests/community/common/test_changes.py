"""The log of changes: what is in it after each way to change a row, and how a process reads it."""

import threading
import time
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from community.accounts.models import User
from community.common import housekeeping
from community.common.changes import log, triggers
from community.common.changes.log import ChangeLog
from community.common.changes.registry import watches
from community.common.models import KEPT_SECONDS, Change
from community.content.listings import relist, rescore
from community.content.models import Category, Post, Tag, Thread
from community.social.models import Follow
from tests.factories import PersonFactory, PostFactory, QuestionFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]
POSTS = Post._meta.db_table


class Reader(ChangeLog):
    """A process that tells what it read."""

    def __init__(self) -> None:
        super().__init__()
        self.catch_up()

    def fresh(self) -> set[str]:
        before = self.reading
        self.catch_up()
        return {topic for topic, number in self._last.items() if number > before}


def category(slug: str = "changes") -> Category:
    return Category.objects.create(name=slug, slug=slug)


@pytest.fixture
def thread(db):
    thread = QuestionFactory(category=category())
    thread.tags.add(Tag.objects.create(name="xor", slug="xor"))
    return thread


@pytest.fixture
def reader(thread):
    return Reader()


def topics_of(thread: Thread) -> set[str]:
    tags = {f"with_tag:{tag.pk}" for tag in thread.tags.all()}
    return {
        f"thread:{thread.pk}", f"row:{thread.pk}", f"in_category:{thread.category_id}", "of_kind:question",
        f"person:{thread.author_id}",
    } | tags  # fmt: skip


def days_of(moment: datetime) -> set[str]:
    day = moment.astimezone(UTC).date().isoformat()
    return {f"latest:{day}", f"latest:{day[:7]}"}


def test_nothing_is_read_twice(reader, thread):
    assert reader.fresh() == set()
    Thread.objects.filter(pk=thread.pk).update(title="Renamed")
    assert reader.fresh() == {"content_thread", "titles:question"} | topics_of(thread) | days_of(thread.last_post_at)
    assert reader.fresh() == set()


@pytest.mark.parametrize(
    "change",
    [
        lambda thread: thread.save(),
        lambda thread: Thread.objects.bulk_update([thread], ["title"]),
        lambda thread: connection.cursor().execute(f"UPDATE content_thread SET title = 'SQL' WHERE id = {thread.pk}"),
    ],
)
def test_no_way_of_changing_a_row_is_missed(reader, thread, change):
    thread.title = "Renamed"
    change(thread)
    assert reader.fresh() >= topics_of(thread)


def test_what_is_inside_a_thread_is_logged_under_its_topics(reader, thread):
    bob = PersonFactory()
    post = PostFactory(thread=thread, author=bob)
    assert reader.fresh() >= {"content_post", f"person:{bob.pk}"} | topics_of(thread)
    Post.objects.filter(pk=post.pk).update(text="Other words.")
    assert reader.fresh() == {"content_post", f"person:{bob.pk}"} | topics_of(thread)
    post.delete()
    assert reader.fresh() >= {"content_post", f"person:{bob.pk}"} | topics_of(thread)


def test_votes_are_logged_under_what_shows_them(reader, thread):
    post = PostFactory(thread=thread)
    reader.fresh()
    whose = {f"thread:{thread.pk}", f"person:{thread.author_id}"}
    Post.objects.filter(pk=post.pk).update(score=1, up_count=1, rank=2, agree_count=1)
    assert reader.fresh() == {"content_post", f"person:{post.author_id}"} | whose
    Thread.objects.filter(pk=thread.pk).update(score=1)
    told = {"content_thread", "scores:question", f"row:{thread.pk}"}
    assert reader.fresh() == told | whose | days_of(thread.last_post_at)
    Post.objects.filter(pk=post.pk).update(score=2, excerpt="Other words.")
    assert reader.fresh() >= topics_of(thread)


def test_a_list_of_tags_or_periods_is_in_another_order_after_a_vote(reader, thread):
    relist(Thread.objects.filter(pk=thread.pk))
    assert "scores:question" in reader.fresh()
    rescore(thread.pk)
    assert reader.fresh() == {"content_toplisting", "content_taglisting"}
    Thread.objects.filter(pk=thread.pk).update(score=1)
    reader.fresh()
    rescore(thread.pk)
    assert reader.fresh() == {"content_toplisting", "content_taglisting", "scores:question"}


def test_a_reply_is_logged_as_the_latest_and_under_the_day_of_the_one_before(reader, thread):
    before, now = datetime(2025, 12, 31, 23, 30, tzinfo=UTC), datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
    Thread.objects.filter(pk=thread.pk).update(last_post_at=before)
    reader.fresh()
    Thread.objects.filter(pk=thread.pk).update(last_post_at=now, post_count=2)
    told = reader.fresh()
    assert told == {"content_thread", "latest"} | topics_of(thread) | days_of(before) | days_of(now)
    assert {"latest:2025-12-31", "latest:2025-12", "latest:2026-01-01", "latest:2026-01"} <= told


@pytest.mark.parametrize("column", ["hidden_at", "deleted_at", "published_at", "pinned_at"])
def test_who_is_among_the_latest_is_logged(reader, thread, column):
    Thread.objects.filter(pk=thread.pk).update(**{column: timezone.now()})
    assert {"latest"} <= reader.fresh()


def test_pins_are_logged_and_other_threads_are_not(reader, thread):
    Thread.objects.filter(pk=thread.pk).update(hidden_at=timezone.now())
    assert "pins" not in reader.fresh()
    for pinned_at in (timezone.now(), None):
        Thread.objects.filter(pk=thread.pk).update(pinned_at=pinned_at)
        assert "pins" in reader.fresh()
    pinned = QuestionFactory(pinned_at=timezone.now())
    assert "pins" in reader.fresh()
    Thread.objects.filter(pk=pinned.pk).update(post_count=5)
    assert "pins" not in reader.fresh()
    Thread.objects.filter(pk=pinned.pk).update(hidden_at=timezone.now())
    assert "pins" in reader.fresh()


def test_texts_of_opening_posts_are_logged_by_kind_and_replies_are_not(reader, thread):
    opening = thread.posts.get(role="opening")
    PostFactory(thread=thread)
    assert "openings:question" not in reader.fresh()
    Post.objects.filter(pk=opening.pk).update(score=3)
    assert "openings:question" not in reader.fresh()
    Post.objects.filter(pk=opening.pk).update(html="<p>Other words.</p>")
    assert {"openings:question"} <= reader.fresh()


def test_a_moved_thread_is_logged_under_both_categories(reader, thread):
    before, after = thread.category_id, category("other").pk
    reader.fresh()
    Thread.objects.filter(pk=thread.pk).update(category=after)
    assert reader.fresh() >= {f"in_category:{key}" for key in (before, after)}


def test_a_removed_tag_is_logged(reader, thread):
    tag = thread.tags.get()
    thread.tags.clear()
    assert reader.fresh() >= {f"with_tag:{tag.pk}", f"thread:{thread.pk}"}


def test_only_columns_that_others_see_count(reader, thread):
    User.objects.filter(pk=thread.author_id).update(theme="dark", last_login=None, session_epoch=9)
    assert reader.fresh() == set()
    User.objects.filter(pk=thread.author_id).update(display_name="Ada L.")
    assert reader.fresh() == {"accounts_user"}
    Tag.objects.update(thread_count=9)
    assert reader.fresh() == {"tag_counts"}
    Category.objects.update(thread_count=9)
    assert reader.fresh() == {"category_counts"}
    Category.objects.update(name="Renamed")
    assert reader.fresh() == {"content_category"}


def test_following_is_logged_under_both_people(reader):
    ada, bob = PersonFactory(), PersonFactory()
    Follow.objects.create(follower=ada, person=bob)
    assert reader.fresh() == {"social_follow", f"person:{ada.pk}", f"person:{bob.pk}"}


def test_what_is_rolled_back_was_no_change(reader, thread):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Thread.objects.filter(pk=thread.pk).update(score=3)
        1 / 0  # noqa: B018
    assert reader.fresh() == set()


def test_very_many_changes_are_a_change_of_everything(reader, thread, monkeypatch):
    monkeypatch.setattr(log, "MAX_ROWS", 5)
    since = reader.reading
    assert reader.is_unchanged({"nothing:1"}, since)
    Change.objects.bulk_create([Change(topics="a", xid=_own_xid(), at=0) for _ in range(6)])
    reader.catch_up()
    assert not reader.is_unchanged({"nothing:1"}, since)
    reader.catch_up()
    assert reader.is_unchanged({"nothing:1"}, reader.reading)


def test_a_process_that_slept_starts_anew(reader, monkeypatch):
    since = reader.reading
    monkeypatch.setattr(reader, "_read_at", time.monotonic() - log.MAX_PAUSE_SECONDS - 1)
    reader.catch_up()
    assert not reader.is_unchanged(set(), since)


def test_a_process_whose_machine_slept_starts_anew(reader, thread):
    """Its own clock stood still meanwhile; the database's did not, and what it had not read was deleted as old."""
    reader._clock -= KEPT_SECONDS + 1
    since = reader.reading
    Thread.objects.filter(pk=thread.pk).update(hidden_at=timezone.now())
    Change.objects.all().delete()
    reader.catch_up()
    assert not reader.is_unchanged({f"thread:{thread.pk}"}, since)
    reader.catch_up()
    assert reader.is_unchanged({f"thread:{thread.pk}"}, reader.reading)
    assert reader.fresh() == set()


def test_the_log_is_read_at_most_once_in_a_while(reader, django_assert_num_queries):
    reader.catch_up()
    with django_assert_num_queries(0):
        reader.catch_up(max_age=60)
    with django_assert_num_queries(1):
        reader.catch_up()


class CountedLock:
    """A lock that tells who came to it."""

    def __init__(self) -> None:
        self._lock, self.came = threading.Lock(), threading.Semaphore(0)

    def __enter__(self) -> None:
        self.came.release()
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()


def _ask_together(ask, reader, monkeypatch, may_end: threading.Event) -> None:
    """Ask in nine threads; the first reading may end when all have come."""
    lock = CountedLock()
    monkeypatch.setattr(reader, "_lock", lock)
    asking = [threading.Thread(target=ask) for _ in range(9)]
    for thread in asking:
        thread.start()
    assert all(lock.came.acquire(timeout=60) for _ in asking)
    may_end.set()
    for thread in asking:
        thread.join()


def test_who_waits_for_the_reading_of_another_needs_none_of_its_own(reader, monkeypatch):
    """The first began before the others asked, and may have missed what they know of; the next serves all of them."""
    may_end, readings = threading.Event(), []

    def read() -> set[str]:
        readings.append(threading.current_thread())
        assert may_end.wait(60)
        return set()

    monkeypatch.setattr(reader, "_read", read)
    _ask_together(reader.catch_up, reader, monkeypatch, may_end)
    assert len(readings) == 2


def test_who_waits_for_a_reading_that_fails_does_not_wait_for_one_of_its_own(reader, monkeypatch):
    """While the database is away each reading takes seconds, and all threads that make pages come for one."""
    may_end, readings, failures = threading.Event(), [], []

    def read() -> set[str]:
        readings.append(threading.current_thread())
        assert may_end.wait(60)
        raise OperationalError("the database is away")

    def ask() -> None:
        try:
            reader.catch_up()
        except OperationalError as error:
            failures.append(error)

    monkeypatch.setattr(reader, "_read", read)
    _ask_together(ask, reader, monkeypatch, may_end)
    assert (len(readings), len(failures)) == (1, 9)
    monkeypatch.undo()
    reader.catch_up()


def test_the_triggers_are_made_once_and_come_back(thread):
    def names() -> set[str]:
        with connection.cursor() as cursor:
            return set(triggers._installed(cursor, connection.vendor))

    first = names()
    assert first
    with connection.execute_wrapper(_no_changes):
        triggers.install("default")
    triggers.uninstall("default")
    assert names() == set()
    call_command("migrate", verbosity=0)
    assert names() == first


def test_a_table_that_has_lost_its_triggers_gets_them_back(thread, reader):
    with connection.cursor() as cursor:
        names = [
            name for name, (table, _sql) in triggers._installed(cursor, connection.vendor).items() if table == POSTS
        ]
        for name in names:
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER {name}")
            else:
                cursor.execute(f"DROP TRIGGER {name}_row ON {POSTS}")
                cursor.execute(f"DROP TRIGGER {name}_update ON {POSTS}")
    PostFactory(thread=thread)
    assert POSTS not in reader.fresh()
    since = reader.reading
    triggers.install("default")
    reader.catch_up()
    assert not reader.is_unchanged({"nothing:1"}, since)
    PostFactory(thread=thread)
    assert POSTS in reader.fresh()


@pytest.fixture
def other_release(db):
    """Return a function that installs the triggers of a release that watches less, and knows no marks."""

    def install() -> None:
        with connection.cursor() as cursor:
            own = [each for each in watches() if each.table != POSTS]
            wanted = triggers._wanted(connection.vendor, own)
            for name in triggers._installed(cursor, connection.vendor).keys() - wanted.keys():
                triggers._drop(cursor, connection.vendor, name)

    return install


def test_nothing_is_kept_beside_the_triggers_of_another_release(reader, thread, other_release):
    """Its `prepare` or `migrate` may run while this release does, and says nothing of it."""
    reader.fresh()
    assert reader.is_unchanged({"nothing:1"}, reader.reading)
    other_release()
    for _ in range(3):
        since = reader.reading
        PostFactory(thread=thread)
        reader.catch_up()
        assert not reader.is_unchanged({"nothing:1"}, since)
    triggers.install("default")
    reader.catch_up()
    since = reader.reading
    reader.catch_up()
    assert reader.is_unchanged({"nothing:1"}, since)
    PostFactory(thread=thread)
    assert POSTS in reader.fresh()


def test_what_was_kept_before_the_triggers_of_another_release_came_and_went_is_not(reader, thread, other_release):
    """A process that has not read in between learns of it from the log."""
    since = reader.reading
    other_release()
    PostFactory(thread=thread)
    triggers.install("default")
    reader.catch_up()
    assert not reader.is_unchanged({"nothing:1"}, since)
    since = reader.reading
    reader.catch_up()
    assert reader.is_unchanged({"nothing:1"}, since)


def test_a_process_that_starts_beside_the_triggers_of_another_release_keeps_nothing(thread, other_release):
    other_release()
    reader = Reader()
    since = reader.reading
    PostFactory(thread=thread)
    reader.catch_up()
    assert not reader.is_unchanged({"nothing:1"}, since)


def test_own_triggers_cost_no_query_more(reader, thread, django_assert_num_queries):
    with django_assert_num_queries(1):
        reader.catch_up()
    since = reader.reading
    with django_assert_num_queries(1):
        reader.catch_up()
    assert reader.is_unchanged({"nothing:1"}, since)


def test_a_host_whose_clock_is_ahead_deletes_nothing_new(reader, thread, monkeypatch):
    Thread.objects.filter(pk=thread.pk).update(hidden_at=timezone.now())
    ahead = time.time() + 2 * KEPT_SECONDS
    monkeypatch.setattr(time, "time", lambda: ahead)
    housekeeping.delete_batch(Change.stale())
    assert f"thread:{thread.pk}" in reader.fresh()


def test_old_rows_are_deleted():
    Change.objects.create(topics="old", xid=0, at=int(time.time()) - KEPT_SECONDS - 60)
    Change.objects.create(topics="new", xid=0, at=int(time.time()))
    kept = set(Change.objects.values_list("topics", flat=True)) - set(Change.stale().values_list("topics", flat=True))
    assert "new" in kept
    assert "old" not in kept


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_transaction_that_ends_late_is_not_missed():
    """Its row has a smaller id than one that was read before."""
    category = Category.objects.create(name="Late", slug="late")
    other = Category.objects.create(name="Early", slug="early")
    reader = Reader()
    wrote, may_end = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with transaction.atomic():
                Thread.objects.create(author=PersonFactory(), kind="question", title="T", category=category)
                wrote.set()
                assert may_end.wait(60)
        finally:
            connection.close()

    worker = threading.Thread(target=late)
    worker.start()
    assert wrote.wait(60)
    Thread.objects.create(author=PersonFactory(), kind="question", title="T", category=other)
    assert f"in_category:{category.pk}" not in reader.fresh()
    may_end.set()
    worker.join()
    assert f"in_category:{category.pk}" in reader.fresh()
    assert reader.fresh() == set()


def _restored() -> None:
    """Put a copy of the table in its place, as `pg_restore --clean` does, or a restored database with its name."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE restored (LIKE common_change INCLUDING ALL)")
        cursor.execute("DROP TABLE common_change")
        cursor.execute("ALTER TABLE restored RENAME TO common_change")


def _promoted(reader: ChangeLog) -> None:
    """Let the reading before have been one of another server, which was started at another time."""
    reader._source = f"1.5 {reader._source.partition(' ')[2]}"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's file is replaced only while nobody reads")
@pytest.mark.parametrize("replace", [_promoted, lambda reader: _restored()], ids=["promoted", "restored"])
def test_another_server_or_a_restored_table_ends_what_was_kept(thread, replace):
    """Numbers of transactions go on there as if nothing had happened, and some of them were others' before."""
    reader = ChangeLog()
    reader.catch_up()
    reader.catch_up()
    before = reader.reading
    assert reader.is_unchanged({f"thread:{thread.pk}"}, before)
    replace(reader)
    reader.catch_up()
    assert not reader.is_unchanged({f"thread:{thread.pk}"}, before)
    reader.catch_up()
    before = reader.reading
    reader.catch_up()
    assert reader.is_unchanged({f"thread:{thread.pk}"}, before)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads it in one statement")
def test_a_reading_that_breaks_off_is_made_again(thread):
    reader = ChangeLog()
    reader.catch_up()
    before = reader.reading
    reader._mark = None  # too many changes at once

    def break_off(execute, sql, params, many, context):
        if sql.startswith("SELECT id FROM common_change"):
            raise DatabaseError("the connection is lost")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(break_off), pytest.raises(DatabaseError):
        reader.catch_up()
    reader.catch_up()
    assert not reader.is_unchanged({f"thread:{thread.pk}"}, before)


def _own_xid() -> int:
    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return cursor.fetchone()[0]


def _no_changes(execute, sql, params, many, context):
    assert not sql.startswith(("CREATE", "DROP", "COMMENT")), sql
    return execute(sql, params, many, context)
