"""Security and caching headers of every response."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from django.http import HttpResponse

from community.common.ratelimit.store import limiter
from tests.architecture import world as worlds
from tests.architecture.test_routes import ROWS, Row, address
from tests.architecture.world import World
from tests.taken_back import taken_back

GETS = [row for row in ROWS if row.method == "GET"]
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Publicly cacheable: the URL contains a content hash, or the response is the same for everyone.
FOR_ALL = re.compile(
    "pages:font|media:(?:smaller-)?asset|accounts:avatar|experiments:presets|experiments:config-schema|experiments:dataset-csv"
)
# Pictures of runs that other sites show, and the card that they frame.
SHOWN_ELSEWHERE = re.compile("experiments:(?:card-png|curve|picture)|api-v1:run_(?:card|curve|picture)")
FRAMED = "experiments:embed"
MISSING = ["/nowhere/", "/static/nowhere.css", "/api/v1/nowhere", "/media/assets/nowhere.png", "/t/1/%00/", "/t/0/x/"]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), taken_back():
        yield worlds.build()


@pytest.fixture(scope="module")
def answers(world) -> dict[tuple[str, Row], HttpResponse]:
    """Return the responses to a visitor and an author, at every URL that is read."""
    return {(role, row): _ask(world, role, row) for role in ("visitor", "author") for row in GETS}


def _ask(world: World, role: str, row: Row) -> HttpResponse:
    limiter.cache_clear()
    with taken_back():
        return world.client(role).get(address(row.route, world.things[row.thing]))


def expected(row: Row, response: HttpResponse) -> dict[str, str | None]:
    """Return the headers of a page; those that differ are what other sites may show."""
    if row.route == FRAMED:
        return ALWAYS | {"X-Frame-Options": None, "Cross-Origin-Resource-Policy": "cross-origin"}
    is_shown = SHOWN_ELSEWHERE.fullmatch(row.route) and response.status_code == 200
    return ALWAYS | ({"Cross-Origin-Resource-Policy": "cross-origin"} if is_shown else {})


def unsafe(response: HttpResponse, wanted: Mapping[str, str | None] = ALWAYS) -> list[str]:
    """Return missing and weak headers."""
    weak = [name for name, value in wanted.items() if response.headers.get(name) != value]
    policy = response.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        weak.append("Content-Security-Policy")
    if "camera=()" not in response.headers.get("Permissions-Policy", ""):
        weak.append("Permissions-Policy")
    return weak + [name for name in ("Server", "X-Powered-By") if name in response.headers]


def test_every_page_has_them_for_everybody(answers) -> None:
    weak = {f"{role} {row}": unsafe(response, expected(row, response)) for (role, row), response in answers.items()}
    assert {where: names for where, names in weak.items() if names} == {}


@pytest.mark.parametrize("path", MISSING)
def test_refusals_have_them_too(world, db, path) -> None:
    client = world.client("visitor")
    for response in (client.get(path), client.post(path), client.put(path), client.get(path, headers={"Host": "evil"})):
        assert response.status_code >= 400
        assert unsafe(response) == []


def test_a_bug_has_them_too(world, db, monkeypatch) -> None:
    from community.forum.views import lists

    monkeypatch.setattr(lists, "thread_list", lambda *args: 1 / 0)
    client = world.client("visitor", raise_request_exception=False)
    assert unsafe(client.get("/latest/")) == []


def test_a_static_file_has_them_and_the_sandboxed_picture_more(world, db) -> None:
    assert unsafe(world.client("visitor").get("/static/community/css/base.css")) == []
    picture = world.client("visitor").get(address("media:asset", world.things["picture"]))
    assert "sandbox" in picture["Content-Security-Policy"]


def test_nobody_else_keeps_what_is_for_one_person(answers) -> None:
    """Responses to signed-in people are never stored by proxies, and private pages not at all."""
    told = {
        row: response.headers.get("Cache-Control", "") for (role, row), response in answers.items() if role == "author"
    }
    for_all = {row for row in told if FOR_ALL.match(row.route) and answers["author", row].status_code == 200}
    assert for_all
    assert [(str(row), told[row]) for row in for_all if "max-age" not in told[row]] == []
    own = {str(row): control for row, control in told.items() if row not in for_all}
    private = re.compile("private|no-store|no-cache")
    assert [(row, control) for row, control in own.items() if "public" in control or not private.search(control)] == []


def test_a_visitor_who_reads_is_given_no_cookie(answers) -> None:
    read = {row: answers["visitor", row].cookies for row in GETS if row.answers[0] == "200"}
    assert read
    assert {str(row): set(cookies) for row, cookies in read.items() if cookies} == {}
