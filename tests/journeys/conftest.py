"""A complete site, started once for all journeys, and people with separate browsers.

At commit a few journeys walk the main promises on the embedded site, and one walks them in production. The others, and
the same ones in another language or width, are marked `full`.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.deployments import Site, embedded
from tests.journeys.people import Person
from tests.shots import lookup


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
def places(embedded_site) -> dict[str, str]:
    """Addresses of example pages, and the session of a demo moderator. The demo's trainings have ended."""
    found = lookup(embedded_site)
    assert None not in found.values(), found
    return found


@pytest.fixture
def arrive(browser) -> Iterator[Callable[..., Person]]:
    """Open a new browser for a person; at the end, assert no page errors and no requests to other hosts."""
    people: list[Person] = []

    def come(site: Site, **how) -> Person:
        _forget_earlier_visits(site)
        people.append(Person(browser, site, **how))
        return people[-1]

    yield come
    for person in people:
        person.context.close()
    for person in people:
        assert person.asked_elsewhere == []
        assert person.complaints == []


def _forget_earlier_visits(site: Site) -> None:
    """Let one network have as many new accounts in an hour as all journeys together need."""
    counters = site.var / "limits.sqlite3"
    if counters.exists():
        with closing(sqlite3.connect(counters, timeout=30)) as connection, connection:
            connection.execute("DELETE FROM hits")
