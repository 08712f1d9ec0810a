import pytest
from django.test import Client

from tests.factories import ModeratorFactory, PersonFactory


@pytest.fixture
def ada(db):
    return PersonFactory(handle="ada")


@pytest.fixture
def bob(db):
    return PersonFactory(handle="bob")


@pytest.fixture
def moderator(db):
    return ModeratorFactory()


@pytest.fixture
def as_user():
    """A browser in which somebody is signed in."""

    def signed_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
