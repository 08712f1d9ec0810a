from weakref import WeakSet

import pytest
from django.test import Client

from community.common import open_streams
from community.content import bodies
from tests.factories import PersonFactory


@pytest.fixture(scope="session", autouse=True)
def _renderer():
    """Start the renderer's processes before the first post: on a busy machine that can exceed a post's time limit."""
    assert bodies.warm()


@pytest.fixture
def no_open_streams(monkeypatch):
    """Forget streams that other tests of this process opened and never read."""
    monkeypatch.setattr(open_streams, "_open", WeakSet())


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
