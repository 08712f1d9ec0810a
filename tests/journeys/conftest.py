"""Whole sites, each opened once for all journeys, and people with browsers of their own."""

from collections.abc import Callable, Iterator

import pytest

from tests.deployments import Site, embedded, production
from tests.journeys.people import Person


def pytest_collection_modifyitems(items) -> None:
    """Everything here is a journey."""
    for item in items:
        if "tests/journeys/" in item.path.as_posix():
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def embedded_site(tmp_path_factory) -> Iterator[Site]:
    """The site as `./run` opens it, with its demo content."""
    with embedded(tmp_path_factory.mktemp("embedded"), demo=True) as site:
        yield site


@pytest.fixture(scope="session")
def production_site(tmp_path_factory, postgres_url, redis_url) -> Iterator[Site]:
    with production(tmp_path_factory.mktemp("production"), postgres_url, redis_url) as site:
        yield site


@pytest.fixture(params=["embedded", pytest.param("production", marks=pytest.mark.services)])
def site(request) -> Site:
    """Each of the two deployments."""
    return request.getfixturevalue(f"{request.param}_site")


@pytest.fixture
def arrive(browser) -> Iterator[Callable[..., Person]]:
    """Let somebody arrive with a fresh browser. In the end nobody's page has complained or asked another host."""
    people: list[Person] = []

    def come(site: Site, **how) -> Person:
        people.append(Person(browser, site, **how))
        return people[-1]

    yield come
    for person in people:
        person.context.close()
    for person in people:
        assert person.asked_elsewhere == []
        assert person.complaints == []
