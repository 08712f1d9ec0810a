"""An unavailable database and a full disk are error pages with their own status, not bugs."""

from __future__ import annotations

import errno
import sqlite3
from functools import partial
from html import unescape

import pytest
from django.core.cache.backends.filebased import FileBasedCache
from django.db import DatabaseError, OperationalError, connections

from community.common import readiness
from community.common.changes.log import CHANGES
from community.common.file_cache import TolerantFileCache
from community.common.outages import is_database_away, is_disk_full
from community.content import services
from community.forum.views import lists
from tests.factories import PersonFactory
from tests.kept_pages import kept_pages

FULL = [OperationalError("database or disk is full"), OperationalError("disk I/O error"), OSError(errno.ENOSPC, "full")]


@pytest.mark.parametrize("error", FULL, ids=str)
def test_a_full_disk_keeps_the_words_and_says_so(db, signed_in, monkeypatch, error) -> None:
    def refuse(**wish):
        raise error

    monkeypatch.setattr(services, "start_thread", refuse)
    form = {"kind": "question", "title": "Why?", "source": "An hour of work.", "category": "training-troubles"}
    response = signed_in(PersonFactory()).post("/write/", form)
    page = unescape(response.content.decode())
    assert response.status_code == 503
    assert "out of storage" in page
    assert "An hour of work." in page
    assert "Send it again" in page


def test_a_database_that_is_away_is_no_bug(db, client, monkeypatch) -> None:
    def away(*args, **kwargs):
        raise OperationalError("connection to server at 127.0.0.1 failed: Connection refused")

    monkeypatch.setattr(lists, "thread_list", away)
    client.raise_request_exception = False
    for accept, kind in (("text/html", "text/html"), ("application/json", "application/json")):
        response = client.get("/latest/", headers={"Accept": accept})
        assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "10", "no-store")
        assert response["Content-Type"].startswith(kind)
        assert "not available at the moment" in response.content.decode()


def test_a_database_that_is_away_is_waited_for_once_by_the_check_of_readiness(db, client, monkeypatch) -> None:
    asked = []

    def away(name):
        asked.append(name)
        raise OperationalError("couldn't get a connection after 5.00 sec")

    for name in ("database", "training"):
        monkeypatch.setitem(readiness._probes, name, partial(away, name))
    answer = client.get("/readyz")
    assert answer.status_code == 503 and asked == ["database"]
    assert (answer.json()["database"], answer.json()["training"]) == ("down", "down")
    client.get("/readyz?exclude=database")
    assert asked == ["database", "training"]


@pytest.mark.parametrize("status, address", [(503, "/"), (503, "/latest/"), (503, "/search/?q=xor"), (200, "/about/")])
@pytest.mark.parametrize("is_member", [False, True], ids=["visitor", "member"])
def test_a_database_that_is_away_is_waited_for_once_by_a_page(
    transactional_db, client, monkeypatch, is_member, status, address
) -> None:
    waited = []

    def away(connection):
        waited.append(connection)
        raise OperationalError("couldn't get a connection after 5.00 sec")

    if is_member:
        client.force_login(PersonFactory())
    client.raise_request_exception = False
    with kept_pages():
        connections.close_all()
        with monkeypatch.context() as patch:
            patch.setattr(type(connections["default"]), "connect", away)
            CHANGES.forget()
            answer = client.get(address)
    assert (answer.status_code, len(waited)) == (503 if is_member else status, 1)
    assert "frame-ancestors" in answer["Content-Security-Policy"]
    assert client.get(address).status_code == 200


def test_a_bug_stays_a_bug(db, client, monkeypatch) -> None:
    monkeypatch.setattr(lists, "thread_list", lambda *args: 1 / 0)
    client.raise_request_exception = False
    response = client.get("/latest/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()


def test_what_is_recognised() -> None:
    assert is_database_away(OperationalError("the server closed the connection"))
    assert not is_database_away(DatabaseError("syntax"))
    assert not is_database_away(None)
    assert not is_disk_full(OSError(errno.ENOENT, "no file"))
    assert not is_disk_full(sqlite3.OperationalError("database or disk is full")), "Django wraps what its drivers raise"


def test_a_cache_that_cannot_be_written_only_forgets(tmp_path, monkeypatch) -> None:
    cache = TolerantFileCache(str(tmp_path), {})
    cache.set("a", 1)
    assert cache.get("a") == 1

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileBasedCache, "_write_content", full)
    cache.set("b", 2)
    assert cache.get("b") is None
    assert cache.add("c", 3)
    assert cache.touch("a") is False
