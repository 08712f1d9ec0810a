import asyncio
from weakref import WeakSet

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client

from community.common import open_streams
from community.common.connections import close_all
from community.content import bodies
from tests.factories import PersonFactory
from tests.waiting import eventually


@pytest.fixture(scope="session", autouse=True)
def _renderer():
    """Start the renderer's processes before the first post: on a busy machine that can exceed a post's time limit."""
    eventually(bodies.warm)


@pytest.fixture
def no_open_streams(monkeypatch, transactional_db):
    """Forget streams that other tests opened and never read.

    Leave no query that the flush would deadlock with, and no connection of the thread in which asynchronous code asks.
    """
    monkeypatch.setattr(open_streams, "_open", WeakSet())
    yield
    asyncio.run(sync_to_async(close_all)())
    if connection.vendor == "postgresql":
        eventually(lambda: not _others_at_work(), every=0.01)


def _others_at_work() -> int:
    """Count the other connections of this database that are within a query or a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return cursor.fetchone()[0]


@pytest.fixture
def ada(db):
    return PersonFactory(handle="ada")


@pytest.fixture
def bob(db):
    return PersonFactory(handle="bob")


@pytest.fixture
def as_user():
    """Return a browser with a person signed in."""

    def signed_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
