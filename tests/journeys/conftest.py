"""Complete sites, each started once for all journeys, and people with separate browsers."""

from collections.abc import Callable, Iterator

import pytest

from tests.deployments import Site, embedded
from tests.journeys.people import Person


def pytest_collection_modifyitems(items) -> None:
    """Mark everything here as a journey."""
    for item in items:
        if "tests/journeys/" in item.path.as_posix():
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def embedded_site(tmp_path_factory) -> Iterator[Site]:
    """The site as started by `./run`, with demo content."""
    with embedded(tmp_path_factory.mktemp("embedded"), demo=True) as site:
        yield site


@pytest.fixture(scope="session")
def other_site(tmp_path_factory) -> Iterator[Site]:
    """Another one, for the files APART in tests/scheduling.py.

    Those of other journeys have had as many new accounts as one network may have in an hour.
    """
    with embedded(tmp_path_factory.mktemp("other"), demo=True) as site:
        yield site


@pytest.fixture(params=["embedded", pytest.param("production", marks=pytest.mark.services)])
def site(request) -> Site:
    """Each of the two deployments."""
    return request.getfixturevalue(f"{request.param}_site")


@pytest.fixture
def arrive(browser) -> Iterator[Callable[..., Person]]:
    """Open a new browser for a person; at the end, assert no page errors and no requests to other hosts."""
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
