import pytest
from django.test import Client

from community.content import bodies
from tests.factories import PersonFactory


@pytest.fixture(scope="session", autouse=True)
def _renderer():
    """Its processes are up before the first post: on a busy machine their start takes longer than a post may wait."""
    assert bodies.warm()


@pytest.fixture
def ada(db):
    return PersonFactory(handle="ada")


@pytest.fixture
def bob(db):
    return PersonFactory(handle="bob")


@pytest.fixture
def as_user():
    """A browser in which somebody is signed in."""

    def signed_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
