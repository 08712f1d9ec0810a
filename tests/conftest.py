"""Fixtures for all tests: services, roles and isolation.

With `CI=true`, a missing service or browser is a failure, not a skip.
"""

import asyncio
import gc
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import NoReturn

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, settings
from pytest_django.plugin import blocking_manager_key

from community.rendering import pool
from community.rendering.process import TimedOut
from tests import leftovers
from tests.databases import has_none_for_postgresql, touches_the_database
from tests.deployments import Site, production
from tests.factories import ModeratorFactory, NewcomerFactory, PersonFactory
from tests.first_rows import bring_back, emptied_quickly, empties_the_database, remember
from tests.kept_pages import COMPARES, compared
from tests.migrated import beside, copy_sqlite, postgres_template
from tests.no_slow_transactions import watched
from tests.scheduling import ByFile, begins_at
from tests.stores import next_generation

# A busy machine is slow to generate and run examples; neither is under test.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

IN_CI = os.environ.get("CI") == "true"
PATIENCE_MS = 60_000
"""How long an expectation about a page waits: what takes a moment takes seconds on a machine that stalls."""


def pytest_xdist_make_scheduler(config, log) -> ByFile | None:
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_sessionstart(session) -> None:
    """Leave no folder behind, even if this process is killed."""
    leftovers.note("folder", str(django_settings.VAR))
    if session.config.option.basetemp is None or hasattr(session.config, "workerinput"):
        leftovers.note("folder", str(session.config._tmp_path_factory.getbasetemp()))


def pytest_sessionfinish(session) -> None:
    """Let pytest keep the folders of tests that failed."""
    if session.testsfailed:
        leftovers.forget(("folder", str(session.config._tmp_path_factory.getbasetemp())))


def pytest_ignore_collect(collection_path, config) -> bool | None:
    return True if has_none_for_postgresql(collection_path, config) else None


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Collect no garbage meanwhile, and do not search again what was collected: it stays until the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items) -> None:
    """Mark what touches the database; run the slowest first."""
    for item in items:
        if touches_the_database(item):
            item.add_marker(pytest.mark.database)
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: begins_at(item.nodeid))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings) -> Iterator[None]:
    """Begin with a copy of a migrated database; Django applies what may be left."""
    if connection.vendor == "postgresql":
        server = os.environ["CHAINRULE_TEST_DATABASE_URL"]
        connection.settings_dict["TEST"]["TEMPLATE"] = postgres_template(server)
        left = leftovers.note("database", beside(server, connection.settings_dict["TEST"]["NAME"]))
        yield
        leftovers.forget(left)
        return
    with pytest.MonkeyPatch.context() as patch:
        copy = connection.settings_dict["TEST"]["NAME"]
        patch.setattr(connection.creation, "_create_test_db", lambda *args: copy_sqlite(copy))
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        remember()
    with emptied_quickly():
        yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item, nextitem):
    outcome = yield
    if nextitem is not None and empties_the_database(item):
        with item.config.stash[blocking_manager_key].unblock(), no_running_loop():
            bring_back()
    return outcome


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Show what the processes of a test's whole sites said last, when it fails."""
    report = yield
    if report.failed:
        for value in getattr(item, "funcargs", {}).values():
            for site in value.values() if isinstance(value, dict) else [value]:
                if isinstance(site, Site):
                    report.sections += [(f"{name} of {site.url}", text) for name, text in site.last_words()]
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    """Run tests without a browser as if there were no loop: fixtures, database and all.

    Playwright leaves its loop running in the thread. Django then takes the test for asynchronous code, and gives it
    other connections.
    """
    if "playwright" in getattr(item, "fixturenames", ()):
        return (yield)
    with no_running_loop():
        return (yield)


@contextmanager
def no_running_loop():
    """The loop comes back after, unless it has ended with a browser of a benchmark."""
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running if running is not None and running.is_running() else None)


def missing(what: str) -> None:
    """Skip with a reason, or fail where all services were promised."""
    if IN_CI:
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def redis_url() -> str:
    """Return the URL of a Redis that tests can write to."""
    address = os.environ.get("CHAINRULE_TEST_REDIS_URL", "")
    if not address:
        missing("CHAINRULE_TEST_REDIS_URL names no Redis")
    return address


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """Return the URL of a PostgreSQL on which tests can create databases."""
    address = os.environ.get("CHAINRULE_TEST_POSTGRES_URL") or os.environ.get("CHAINRULE_TEST_DATABASE_URL", "")
    if not address:
        missing("CHAINRULE_TEST_POSTGRES_URL names no PostgreSQL")
    return address


@pytest.fixture(scope="session")
def production_site(tmp_path_factory, postgres_url, redis_url) -> Iterator[Site]:
    """A site in production, for tests that leave it whole: see TOGETHER in tests/scheduling.py."""
    with production(tmp_path_factory.mktemp("production"), postgres_url, redis_url) as site:
        yield site


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the system's Chromium."""
    named = os.environ.get("CHAINRULE_TEST_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found:
        missing("no Chromium: install it, or name one in CHAINRULE_TEST_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def base_url() -> None:
    """Each test names its site itself. The one of pytest-playwright is deprecated by pytest."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, chromium) -> dict:
    """Make pytest-playwright use the system's Chromium, without requests to other hosts, and wait patiently."""
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE_MS)
    quiet = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
    args = ["--no-sandbox", "--disable-gpu", "--disable-quic", *quiet]
    return {**browser_type_launch_args, "executable_path": chromium, "args": args}


SET_UP = (
    "add_cookies", "add_init_script", "expose_binding", "expose_function", "grant_permissions", "route",
    "route_from_har", "route_web_socket", "set_default_navigation_timeout", "set_default_timeout",
    "set_extra_http_headers", "set_geolocation", "set_offline",
)  # fmt: skip
"""What would change a profile for the tests that come later; the clock is looked at after each."""


@pytest.fixture(scope="session")
def browser(browser):
    """It is closed by its loop, also where the last test of the process had none."""
    loop = asyncio._get_running_loop()
    yield browser
    asyncio._set_running_loop(loop)


@pytest.fixture(scope="session")
def profile(browser, browser_context_args):
    """A browser profile for many tests. Its first window stays open: a profile without one is closed and made anew."""
    context = browser.new_context(**browser_context_args)
    context.new_page()
    for name in SET_UP:
        setattr(context, name, partial(_refuse, name))
    return context


def _refuse(name: str, *_args: object, **_named: object) -> NoReturn:
    pytest.fail(f"context.{name} sets up the profile of all tests: use the page's, or mark the test own_profile.")


@pytest.fixture
def context(request, profile, new_context):
    """Return the shared profile without the pages of other tests, or one of its own for a test that sets it up.

    To make a profile takes half of the time of most tests. A test that stores something clears it (`Storage` in CDP).
    """
    if any(map(request.node.get_closest_marker, ("own_profile", "browser_context_args"))):
        yield new_context()
        return
    yield profile
    first, *others = profile.pages
    for page in others:
        page.close()
    assert "native code" in first.evaluate("Date.toString()"), "It set the clock of all tests: mark it own_profile."


@pytest.fixture(autouse=True)
def _forget_between_tests():
    """Isolate tests: nothing left to do, no shared cache, rate limits, pauses or language."""
    from community.common import afterwards
    from community.common.pauses import pause_of
    from community.common.ratelimit.store import limiter

    afterwards._waiting.clear()
    if isinstance(caches["default"], LocMemCache):
        cache.clear()
    next_generation()
    pause_of.cache_clear()
    limiter.cache_clear()
    translation.deactivate()
    yield
    limiter.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _garbage_is_collected_rarely():
    """By default it took a tenth of the time of most tests. Nearly all that they leave is freed without it."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    yield
    gc.set_threshold(*before)


@pytest.fixture(scope="session", autouse=True)
def _nothing_slow_within_transactions():
    with watched():
        yield


@pytest.fixture(scope="session", autouse=True)
def _renderer_has_a_second_try():
    """A child has a second for a text. One that a machine which stalls kept from it is asked once more; one that failed
    is not.
    """
    ask = pool._pool._ask

    def patiently(question, limits, _began):
        pool.warm(PATIENCE_MS / 1000)
        try:
            return ask(question, limits, time.monotonic())
        except TimedOut:
            pool.warm(PATIENCE_MS / 1000)
            return ask(question, limits, time.monotonic())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool._pool, "_ask", patiently)
        yield


@pytest.fixture
def visitor() -> Client:
    """Return a browser without a signed-in user."""
    return Client()


@pytest.fixture
def newcomer(db):
    """Return a person whose address is not confirmed yet."""
    return NewcomerFactory()


@pytest.fixture
def member(db):
    return PersonFactory()


@pytest.fixture
def moderator(db):
    return ModeratorFactory()


@pytest.fixture
def signed_in():
    """Return a function that signs a person in: `signed_in(member).get("/")`."""

    def browser_of(person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return browser_of


@pytest.fixture(autouse=COMPARES)
def compared_pages(monkeypatch):
    """Every page that could have been kept is compared with a fresh one."""
    with compared(monkeypatch) as seen:
        yield seen
