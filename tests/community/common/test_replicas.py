"""Reading from a replica, which is another database here: what is copied into it is the replication."""

import time
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from community.accounts.models import User
from community.common.models import Heartbeat
from community.common.replicas import freshness, from_replica, own_writes, reading_alias
from community.content.models import Thread
from community.social.models import Follow
from tests.factories import PersonFactory, ThreadFactory
from tests.kept_pages import kept_pages

pytestmark = [
    pytest.mark.both,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no replicas"),
]
ALIAS = "replica1"
NAME = f"{settings.VAR.name}-replica"


def copy_database(name: str) -> None:
    """Make a database with what the primary has now."""
    primary = connections[DEFAULT_DB_ALIAS]
    source = primary.settings_dict["NAME"]
    primary.close()
    with primary._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        # A thread of an earlier test may not have closed its connection yet.
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [source])
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def allow_connections(wrapper) -> None:
    """Let this test connect to a database that Django's test cases do not know of."""

    def ensure_connection() -> None:
        if wrapper.connection is None:
            with wrapper.wrap_database_errors:
                wrapper.connect()

    wrapper.ensure_connection = ensure_connection


@pytest.fixture
def replica(settings):
    """Return a replica that is as new as the primary was when the test began."""
    copy_database(NAME)
    connections.settings[ALIAS] = {**connections.settings[DEFAULT_DB_ALIAS], "NAME": NAME}
    allow_connections(connections[ALIAS])
    settings.REPLICAS = [ALIAS]
    settings.DATABASE_ROUTERS = ["community.common.replicas.router.ReplicaRouter"]
    freshness._replicas.clear()
    yield ALIAS
    connections[ALIAS].close()
    del connections[ALIAS], connections.settings[ALIAS]
    freshness._replicas.clear()
    with connections[DEFAULT_DB_ALIAS]._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')


def replicate(behind: float = 0) -> None:
    """Copy the heartbeat, as replication does, so many seconds late; and let the next request measure."""
    Heartbeat.objects.using(ALIAS).update_or_create(pk=1, defaults={"at": timezone.now() - timedelta(seconds=behind)})
    freshness.replica(ALIAS).next_check = 0


@from_replica
def view(request) -> HttpResponse:
    return HttpResponse(f"{reading_alias()} {Thread.objects.count()}")


def read(method: str = "get", **cookies: str) -> str:
    request = getattr(RequestFactory(), method)("/")
    request.user = PersonFactory.build()
    request.COOKIES.update(cookies)
    return view(request).content.decode()


def test_a_list_is_read_from_a_fresh_replica_and_everything_else_from_the_primary(replica):
    ThreadFactory()
    replicate()
    assert read() == f"{ALIAS} 0"
    assert read("post") == "default 1"
    assert (reading_alias(), Thread.objects.count()) == ("default", 1)


def test_a_replica_that_lags_is_not_read_until_it_has_caught_up(replica):
    ThreadFactory()
    replicate(behind=30)
    assert read() == "default 1"
    replicate()
    assert read() == f"{ALIAS} 0"


@pytest.mark.parametrize(("behind", "alias"), [(0.5, ALIAS), (1.5, "default")])
def test_a_second_is_as_old_as_a_replica_may_be(replica, behind, alias):
    replicate(behind=behind)
    assert read().split()[0] == alias


def test_a_replica_that_has_copied_nothing_yet_is_not_read(replica):
    assert Heartbeat.objects.using(ALIAS).count() == 0
    assert read() == "default 0"


def test_the_lag_is_not_measured_for_each_page(replica, monkeypatch):
    monkeypatch.setattr(freshness, "CHECK_SECONDS", 60)
    replicate()
    with mock.patch.object(freshness, "lag", wraps=freshness.lag) as measured:
        for _ in range(20):
            read()
    assert measured.call_count == 1


def copy_heartbeat() -> None:
    at = Heartbeat.objects.using(DEFAULT_DB_ALIAS).get().at
    Heartbeat.objects.using(ALIAS).update_or_create(pk=1, defaults={"at": at})


def test_a_replica_that_copies_a_moment_later_is_fresh_to_a_process_that_reads_all_the_time(replica):
    """When it is asked, it has the time that was written at the measurement before."""
    replicate()
    assert read() == f"{ALIAS} 0"
    for _ in range(3):
        copy_heartbeat()
        time.sleep(max(0.0, freshness.replica(ALIAS).next_check - time.monotonic()))
        assert read() == f"{ALIAS} 0"


def test_a_replica_that_does_not_answer_is_left_by_those_who_measure_nothing(replica):
    replicate()
    assert read() == f"{ALIAS} 0"
    found = freshness.replica(ALIAS)
    with found.lock:  # as one who waits for its answer holds it
        found.next_check = time.monotonic()
        assert read() == f"{ALIAS} 0"
        found.next_check -= freshness.CHECK_SECONDS
        assert read() == "default 0"


@contextmanager
def down():
    """Take the replica away, and bring it back."""
    there = connections.settings[ALIAS]["NAME"]
    connections[ALIAS].close()
    connections[ALIAS].settings_dict["NAME"] = "no_such_database"
    yield
    connections[ALIAS].close()
    connections[ALIAS].settings_dict["NAME"] = there


def test_a_replica_that_is_down_is_no_error_and_is_left_alone_for_a_while(replica):
    ThreadFactory()
    replicate()
    with down(), mock.patch.object(freshness, "lag", wraps=freshness.lag) as measured:
        freshness.replica(ALIAS).next_check = 0
        assert [read() for _ in range(5)] == ["default 1"] * 5
        assert measured.call_count == 1
    replicate()
    assert read() == f"{ALIAS} 0"


def test_a_replica_that_goes_down_between_two_measurements_is_no_error(replica):
    ThreadFactory()
    replicate()
    assert read() == f"{ALIAS} 0"
    with down():
        assert read() == "default 1"
        assert not freshness.replica(ALIAS).is_fresh


def test_a_transaction_reads_from_the_primary(replica):
    replicate()

    @from_replica
    def within(request):
        with transaction.atomic():
            inside = reading_alias()
        return HttpResponse(f"{inside} {reading_alias()}")

    request = RequestFactory().get("/")
    request.user = PersonFactory.build()
    assert within(request).content.decode() == f"default {ALIAS}"


def test_writes_and_locks_go_to_the_primary_wherever_a_row_came_from(replica):
    PersonFactory(handle="ada")
    other = PersonFactory(handle="grace")
    Follow.objects.create(follower=other, person=User.objects.get(handle="ada"))
    row = Follow.objects.using(DEFAULT_DB_ALIAS).get()
    row._state.db = ALIAS
    row.save()
    assert row._state.db == DEFAULT_DB_ALIAS
    with transaction.atomic():
        assert Follow.objects.select_for_update().get() == row


def test_who_has_just_written_reads_from_the_primary_on_every_host(replica):
    page = Client().post("/preferences/", {"theme": "dark"})
    mark = page.cookies[own_writes.COOKIE]
    assert (mark["max-age"], mark["httponly"], mark["samesite"]) == (own_writes.SECONDS, True, "Lax")
    for sent, alias in ((mark.value, "default"), ("forged", ALIAS)):
        replicate()
        assert read(**{own_writes.COOKIE: sent}).split()[0] == alias
    with mock.patch("time.time", return_value=time.time() + own_writes.SECONDS + 1):
        replicate()
        assert read(**{own_writes.COOKIE: mark.value}).split()[0] == ALIAS


def test_a_member_sees_what_they_have_just_written_in_lists(replica):
    ada = PersonFactory(handle="ada")
    copy_database_again()
    browser = Client()
    browser.force_login(ada)
    ThreadFactory(author=ada, title="Fresh from the press")
    browser.post("/preferences/", {"theme": "dark"})
    replicate()
    assert "Fresh from the press" in browser.get("/latest/").content.decode()
    del browser.cookies[own_writes.COOKIE]
    replicate()
    assert "Fresh from the press" not in browser.get("/latest/").content.decode()


def test_pages_that_are_kept_for_visitors_are_read_from_the_primary(replica):
    ThreadFactory(title="Fresh from the press")
    replicate()
    assert "Fresh from the press" not in Client().get("/latest/").content.decode()
    with kept_pages():
        replicate()
        assert "Fresh from the press" in Client().get("/latest/").content.decode()


def copy_database_again() -> None:
    connections[ALIAS].close()
    copy_database(NAME)


def test_without_replicas_nothing_is_marked(db):
    assert settings.REPLICAS == []
    page = Client().post("/accounts/login/", {"login": "nobody", "password": "x"})
    assert own_writes.COOKIE not in page.cookies
