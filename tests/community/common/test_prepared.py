"""Queries whose text is put together once."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldFetchBlocked
from django.db import connection, connections
from django.db.models import FETCH_RAISE, Exists, F, Value
from django.db.models.lookups import In
from django.utils import timezone
from django.utils.connection import ConnectionDoesNotExist

from community.common import prepared
from community.common.prepared import Prepared, PreparedUpdate, padded, place, place_of_key
from community.content.models import Draft, Thread
from community.content.reader_state import set_on
from community.social.models import Follow
from tests.factories import PersonFactory, QuestionFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]


def test_the_parameters_are_those_of_each_run(django_assert_num_queries):
    ada, bob = PersonFactory(handle="ada"), PersonFactory(handle="bob")
    people = get_user_model().objects
    query = Prepared(lambda: people.filter(pk=place("key")).values_list("handle", Value(3)))
    with django_assert_num_queries(3):
        assert [query.run(key=key) for key in (ada.pk, bob.pk, 0)] == [[("ada", 3)], [("bob", 3)], []]


def test_what_locks_its_rows_is_asked_of_the_primary(monkeypatch):
    ada = PersonFactory()
    monkeypatch.setattr(prepared, "reading_alias", lambda: "a replica")
    rows = get_user_model().objects.filter(pk=place("key"))
    locked = Prepared(lambda: rows.select_for_update(), writes=True)
    assert locked.run(key=ada.pk) == [ada]
    with pytest.raises(ConnectionDoesNotExist):
        Prepared(lambda: rows).run(key=ada.pk)


def test_a_parameter_inside_a_text_and_in_a_list():
    ada = PersonFactory()
    for key in ("reply:1", "reply:2", "reply:12"):
        Draft.objects.create(owner=ada, key=key, source=key)
    of_ada = Draft.objects.filter(owner=place("reader"))
    one = Prepared(lambda: of_ada.filter(key=place("thread", "reply:{}")).values_list("key"))
    assert one.run(reader=ada.pk, thread=12) == [("reply:12",)]
    assert one.run(reader=ada.pk, thread="1' OR '1'='1") == []
    some = Prepared(lambda: of_ada.filter(In(F("key"), [place("a"), place("b")])).order_by("key").values_list("key"))
    assert some.run(reader=ada.pk, a="reply:1", b="reply:2") == [("reply:1",), ("reply:2",)]


def test_a_parameter_as_the_key_of_an_instance(django_assert_num_queries):
    ada, bob = PersonFactory(), PersonFactory()
    Draft.objects.create(owner=ada, key="new:note", source="x")
    reader = get_user_model()(pk=place_of_key("reader"))
    query = Prepared(lambda: Draft.objects.filter(owner=reader).values_list("key"))
    with django_assert_num_queries(2):
        assert [query.run(reader=each.pk) for each in (ada, bob)] == [[("new:note",)], []]


def test_values_are_converted_as_django_does():
    ada = PersonFactory()
    mine = Exists(Draft.objects.filter(owner=place("reader")))
    query = Prepared(lambda: get_user_model().objects.filter(pk=place("reader")).values_list(mine))
    assert query.run(reader=ada.pk)[0][0] is False
    Draft.objects.create(owner=ada, key="new:note", source="x")
    assert query.run(reader=ada.pk)[0][0] is True


@pytest.mark.django_db(transaction=True)
def test_the_connection_of_a_thread_that_has_ended_is_let_go():
    query = Prepared(lambda: get_user_model().objects.filter(pk=place("key")).values_list("handle", "is_active"))

    def first():
        query.run(key=0)
        connections.close_all()
        return weakref.ref(connections["default"])

    with ThreadPoolExecutor(1) as thread:
        of_thread = thread.submit(first).result()
    gc.collect()
    assert of_thread() is None
    ada = PersonFactory(handle="ada")
    assert query.run(key=ada.pk) == [("ada", True)]


def test_the_state_of_a_thread_for_each_reader(django_assert_num_queries):
    thread, ada, bob = QuestionFactory(), PersonFactory(), PersonFactory()
    Follow.objects.create(follower=ada, thread=thread)
    Follow.objects.create(follower=bob, person=thread.author)
    Draft.objects.create(owner=bob, key=f"reply:{thread.pk}", source="x")
    found = []
    for reader in (ada, bob):
        with django_assert_num_queries(1):
            set_on(thread, reader)
        found.append((thread.level, thread.level_of_author, thread.has_draft))
    assert found == [(3, None, False), (None, 3, True)]


def test_nothing_is_known_of_a_reader_without_a_row():
    """An account that was erased meanwhile, or that a replica does not have yet."""
    thread = QuestionFactory()
    set_on(thread, get_user_model()(pk=thread.author_id + 1))
    assert not (thread.level or thread.level_of_author or thread.has_draft)


def test_instances_are_as_django_makes_them(django_assert_num_queries):
    thread, other = QuestionFactory(), QuestionFactory()
    rows = Thread.objects.select_related("author").defer("title_html").annotate(three=Value(3)).fetch_mode(FETCH_RAISE)
    query = Prepared(lambda: rows.filter(pk=place("thread"), published_at__lte=place("now")))
    now = timezone.now()
    with django_assert_num_queries(2):
        [[found], [another]] = [query.run(thread=each.pk, now=now) for each in (thread, other)]
        assert (found, found.author, found.three, another) == (thread, thread.author, 3, other)
    with pytest.raises(FieldFetchBlocked):
        _ = found.title_html
    assert query.run(thread=thread.pk, now=now - timedelta(days=1)) == []


def test_what_never_changes_may_hold_what_looks_like_a_parameter():
    ada = PersonFactory()
    Draft.objects.create(owner=ada, key="100% of %s", source="it's\\")
    rows = Draft.objects.filter(key="100% of %s", source="it's\\", owner=place("reader"))
    query = Prepared(lambda: rows.values_list("key"))
    assert query.run(reader=ada.pk) == [("100% of %s",)]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans each query anew")
def test_postgresql_keeps_a_plan_whatever_the_size_of_the_numbers():
    query = Prepared(lambda: Draft.objects.filter(owner=place("reader"), key="kept plan").values_list("pk"))
    for reader in (1, 40_000, 2**31, 2**33, 5, 6, 7, 8):
        assert query.run(reader=reader) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%%kept plan%%'")
        assert len(cursor.fetchall()) == 1


def test_a_query_that_no_row_can_match_is_not_sent(django_assert_num_queries):
    query = Prepared(lambda: Draft.objects.none().filter(owner=place("reader")))
    with django_assert_num_queries(0):
        assert query.run(reader=1) == []


def test_an_update_takes_its_values_from_each_run(django_assert_num_queries):
    first, second, third = (QuestionFactory(answer_count=4) for _ in range(3))
    rows = Thread.objects.filter(pk__in=[first.pk, second.pk, third.pk])
    update = PreparedUpdate(
        lambda: rows.filter(pk=place("thread")),
        answer_count=F("answer_count") + 2,
        title="100% of %s",
        last_post_at=place("at"),
    )
    earlier, later = timezone.now(), timezone.now() + timedelta(days=1)
    with django_assert_num_queries(3):
        assert update.run(thread=first.pk, at=earlier) == 1
        assert update.run(thread=second.pk, at=later) == 1
        assert update.run(thread=0, at=later) == 0
    assert list(rows.order_by("pk").values_list("answer_count", "title", "last_post_at")) == [
        (6, "100% of %s", earlier),
        (6, "100% of %s", later),
        (4, third.title, third.last_post_at),
    ]


@pytest.mark.parametrize(("count", "asked"), [(1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (30, 32)])
def test_many_keys_have_few_texts(count, asked):
    given = padded("key", range(7, 7 + count))
    assert list(given) == [f"key{n}" for n in range(asked)]
    assert set(given.values()) == set(range(7, 7 + count))
