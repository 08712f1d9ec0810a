"""Access to every URL: the URLconf against the table in routes.txt.

A line of the table is a method, a route, its object (tests/architecture/world.py), and each role's response: a status,
or `in` for a redirect to the sign-in page.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from community.common.ratelimit.store import limiter
from tests.architecture import world as worlds
from tests.architecture.world import ROLES, World, absent, form_for
from tests.statements import statements
from tests.taken_back import taken_back

TABLE = Path(__file__).with_name("routes.txt")
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO) "(\w+)"', re.IGNORECASE)
# Writes that a read causes on purpose: a new session, a token's last-used time.
MAY_BE_WRITTEN = frozenset({"django_session", "api_token"})
DIFFER_EACH_TIME = frozenset({"content-security-policy", "content-length", "x-request-id", "set-cookie"})


@dataclass(frozen=True)
class Row:
    method: str
    route: str
    thing: str
    answers: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.thing}"


def _rows() -> list[Row]:
    lines = (line.split() for line in TABLE.read_text().splitlines() if line.strip() and not line.startswith("#"))
    return [Row(method, route, thing, tuple(answers)) for method, route, thing, *answers in lines]


def _patterns(patterns: Any = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _patterns(pattern.url_patterns, inner)
        elif pattern.name:
            yield f"{space}{pattern.name}", pattern


ROWS = _rows()
# Django's admin checks for staff itself; one row below tests it.
PATTERNS = {name: pattern for name, pattern in _patterns() if not name.startswith("admin:")}
FOREIGN = (
    {},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Referer": "http://testserver/"},
    {"Sec-Fetch-Site": "none"},
    {"Referer": "http://testserver.evil.example/"},
    {"Referer": "http://[broken"},
)
FORM_ROUTES = sorted(name for name in PATTERNS if not name.startswith("api-v1:"))
# Mail programs post to the links in email from anywhere; what is signed in them decides.
FROM_ANYWHERE = frozenset({"notifications:unsubscribe"})


@dataclass
class Answer:
    """A response. `wrote` names the tables written; `body` omits what differs by URL."""

    status: str
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    wrote: set[str]


@dataclass
class Door:
    """Requests URLs of one world, rolls back their effects, and remembers the responses."""

    world: World

    def __post_init__(self) -> None:
        self.ask = cache(self._ask)

    def _ask(self, role: str, method: str, route: str, thing: str, *, is_absent: bool = False) -> Answer:
        about = self.world.things[thing]
        about = absent(about) if is_absent else about
        path = address(route, about)
        limiter.cache_clear()
        with statements() as sent, taken_back():
            response = self._send(role, method, route, path, form_for(route, about))
        text = response.content if not response.streaming else b""
        wrote = {found[1] for sql in sent if (found := WRITES.match(sql))}
        headers = {name: value for name, value in response.headers.items() if name.lower() not in DIFFER_EACH_TIME}
        return Answer(_status(response), _without_address(text, path), headers, wrote)

    def _send(self, role: str, method: str, route: str, path: str, form: dict[str, Any]) -> Any:
        send = getattr(self.world.client(role), method.lower())
        if not route.startswith("api-v1:"):
            return send(path, form) if method == "POST" else send(path)
        headers = {"Authorization": f"Bearer {self.world.tokens[role]}"} if role != "visitor" else {}
        if method == "GET":
            return send(path, headers=headers)
        return send(path, json.dumps(form), content_type="application/json", headers=headers)


@pytest.fixture(scope="module")
def door(django_db_setup, django_db_blocker) -> Iterator[Door]:
    """One world for the module."""
    with django_db_blocker.unblock(), taken_back():
        yield Door(worlds.build())


def address(route: str, thing: dict[str, Any]) -> str:
    """Return the URL of an object; the route takes the arguments it needs."""
    pattern = PATTERNS[route].pattern
    wanted = pattern.converters.keys() | pattern.regex.groupindex.keys()
    return reverse(route, kwargs={name: value for name, value in thing.items() if name in wanted})


def _status(response: Any) -> str:
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return "in"
    return str(response.status_code)


def _without_address(text: bytes, path: str) -> bytes:
    for form in (path, quote(path, safe=""), quote(path)):
        text = text.replace(form.encode(), b"PATH")
    return re.sub(rb'(nonce|value|content)="[A-Za-z0-9+/=_-]{20,}"', rb'\1="RANDOM"', text)


def test_every_route_has_a_row() -> None:
    assert sorted({row.route for row in ROWS}) == sorted(PATTERNS)


def test_every_row_says_something_of_every_role_once() -> None:
    assert [str(row) for row in ROWS if len(row.answers) != len(ROLES)] == []
    assert len({str(row) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_role_is_answered_as_the_table_says(door, db, row) -> None:
    answers = {role: door.ask(role, row.method, row.route, row.thing).status for role in ROLES}
    assert answers == dict(zip(ROLES, row.answers, strict=True))


@pytest.mark.parametrize("row", [row for row in ROWS if "404" in row.answers], ids=str)
def test_what_may_not_be_seen_looks_like_what_is_not_there(door, db, row) -> None:
    for role in (role for role, answer in zip(ROLES, row.answers, strict=True) if answer == "404"):
        unseen = door.ask(role, row.method, row.route, row.thing)
        missing = door.ask(role, row.method, row.route, row.thing, is_absent=True)
        assert (unseen.status, unseen.headers, unseen.body) == (missing.status, missing.headers, missing.body)


def test_get_changes_nothing(door, db) -> None:
    asked = [(row, role) for row in ROWS if row.method == "GET" for role in ROLES]
    assert written(door, asked) == {}


def test_who_is_refused_writes_nothing(door, db) -> None:
    asked = [(row, role) for row in ROWS if row.method != "GET" for role in ROLES]
    assert written(door, [(row, role) for row, role in asked if is_refused(door, row, role)]) == {}


def is_refused(door: Door, row: Row, role: str) -> bool:
    status = door.ask(role, row.method, row.route, row.thing).status
    return status.startswith("4") or status == "in"


def written(door: Door, asked: list[tuple[Row, str]]) -> dict[str, set[str]]:
    """Return the tables that requests wrote and should not, by route and role."""
    found = {f"{row} {role}": door.ask(role, row.method, row.route, row.thing).wrote for row, role in asked}
    return {name: wrote - MAY_BE_WRITTEN for name, wrote in found.items() if wrote - MAY_BE_WRITTEN}


FROM_ELSEWHERE = [route for route in FORM_ROUTES if route not in FROM_ANYWHERE]


@pytest.mark.parametrize("route", FROM_ELSEWHERE)
def test_a_form_of_another_site_is_refused(door, db, route) -> None:
    assert statuses_of_foreign(door, route, ["author"], FOREIGN[:2]) == {403}


@pytest.mark.parametrize(
    "route",
    [pytest.param(route, marks=() if route == "content:write" else pytest.mark.full) for route in FROM_ELSEWHERE],
)
def test_a_form_is_refused_whoever_sends_it_from_anywhere(door, db, route) -> None:
    assert statuses_of_foreign(door, route, ["visitor", "author"], FOREIGN) == {403}


def statuses_of_foreign(door: Door, route: str, roles: Sequence[str], headers: Sequence[dict[str, str]]) -> set[int]:
    row = next(row for row in ROWS if row.route == route)
    thing = door.world.things[row.thing]
    path, form = address(route, thing), form_for(route, thing)
    clients = [door.world.client(role, enforce_csrf_checks=True) for role in roles]
    return {client.post(path, form, headers=each).status_code for client in clients for each in headers}


# allauth's forms treat PUT as POST, and show the page or redirect for other methods.
@pytest.mark.parametrize("route", [route for route in FORM_ROUTES if not route.startswith("account_")])
def test_what_has_no_row_for_a_method_does_not_take_it(door, db, route) -> None:
    rows = [row for row in ROWS if row.route == route]
    for method in sorted({"GET", "POST", "PUT", "DELETE"} - {row.method for row in rows}):
        assert door.ask("author", method, route, rows[0].thing).status in {"405", "404"}


@pytest.mark.parametrize("role", ROLES)
def test_the_admin_lets_in_staff_alone(door, db, role) -> None:
    response = door.world.client(role).get("/staff/")
    assert (response.status_code, response.headers.get("Location", "")) == {
        "moderator": (200, ""),
    }.get(role, (302, "/staff/login/?next=/staff/"))
