"""Every answer carries the headers of safety, and says right who may keep it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.architecture import world as worlds
from tests.architecture.test_routes import ROWS, address
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
# What may be kept by anybody, since its address names its content, or since it is the same for all.
FOR_ALL = re.compile("pages:font|media:asset|accounts:avatar|experiments:presets|experiments:config-schema|blogs:feed")
MISSING = ["/nowhere/", "/static/nowhere.css", "/api/v1/nowhere", "/media/assets/nowhere.png", "/t/1/%00/", "/t/0/x/"]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), taken_back():
        yield worlds.build()


def assert_safe(response, where: str) -> None:
    for name, value in ALWAYS.items():
        assert response.headers.get(name) == value, (where, name)
    policy = response.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy, where
    assert "unsafe" not in policy, where
    assert "camera=()" in response.headers.get("Permissions-Policy", ""), where
    assert "Server" not in response.headers, where
    assert "X-Powered-By" not in response.headers, where


@pytest.mark.parametrize("row", GETS, ids=str)
def test_every_page_has_them_for_everybody(world, db, row) -> None:
    path = address(row.route, world.things[row.thing])
    for role in ("visitor", "author"):
        assert_safe(world.client(role).get(path), f"{role} {path}")


@pytest.mark.parametrize("path", MISSING)
def test_refusals_have_them_too(world, db, path) -> None:
    client = world.client("visitor")
    for response in (client.get(path), client.post(path), client.put(path), client.get(path, headers={"Host": "evil"})):
        assert response.status_code >= 400
        assert_safe(response, path)


def test_a_bug_has_them_too(world, db, monkeypatch) -> None:
    from community.forum.views import lists

    monkeypatch.setattr(lists, "thread_list", lambda *args: 1 / 0)
    client = world.client("visitor", raise_request_exception=False)
    assert_safe(client.get("/latest/"), "500")


def test_a_static_file_has_them_and_the_sandboxed_picture_more(world, db) -> None:
    assert_safe(world.client("visitor").get("/static/community/css/base.css"), "static")
    picture = world.client("visitor").get(address("media:asset", world.things["picture"]))
    assert "sandbox" in picture["Content-Security-Policy"]


@pytest.mark.parametrize("row", GETS, ids=str)
def test_nobody_else_keeps_what_is_for_one_person(world, db, row) -> None:
    """What is shown to somebody signed in is kept by no proxy, and not at all where it is a page of his own."""
    response = world.client("author").get(address(row.route, world.things[row.thing]))
    control = response.headers.get("Cache-Control", "")
    if FOR_ALL.match(row.route) and response.status_code == 200:
        assert "max-age" in control
        return
    assert "private" in control or "no-store" in control or "no-cache" in control, (row.route, control)
    assert "public" not in control


@pytest.mark.parametrize("row", [row for row in GETS if row.answers[0] == "200"], ids=str)
def test_a_visitor_who_reads_is_given_no_session(world, db, row) -> None:
    response = world.client("visitor").get(address(row.route, world.things[row.thing]))
    assert "sessionid" not in response.cookies
    assert set(response.cookies) <= {"csrftoken"}, row.route
