"""Every form and every JSON field with bad input: never a server error, always a message, the text kept.

The forms come from the table of routes, so a new one is tested once it has a row there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from itertools import cycle
from typing import Any
from urllib.parse import quote_from_bytes, quote_plus

import pytest
from django.test import Client

from community.common.ratelimit.store import limiter
from tests.architecture import world as worlds
from tests.architecture.test_routes import MAY_BE_WRITTEN, ROWS, WRITES, address
from tests.architecture.world import World, form_for
from tests.statements import statements
from tests.taken_back import taken_back

POISONS: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \t\r\n\xe3\x80\x80\xe2\x80\x8b",
    "nul": b"a\x00b",
    "lone surrogate": b"a\xed\xa0\x80b",
    "not utf-8": b"\xff\xfe\x00\xd8",
    "bidi": "pay‮gpj.exe⁦".encode(),
    "controls": b"a\x07\x1b[31mb\x7f",
    "huge number": b"9" * 5000,
    "negative": b"-99999999999999999999",
    "unicode digits": "١٢٣".encode(),
    "not a number": b"NaN",
    "long": b"x" * 300_000,
    "markup": b'"><script>alert(1)</script>{{ 7*7 }}{% raise %}',
    "astral": "\U0001f9e0\U0010ffff".encode(),
    "path": b"../../../../etc/passwd",
}
# A form is rejected for its first bad field, so each field is also sent bad input when all others are good: in turn one
# of these. A long text and the rest are sent once per route.
ALONE = ("nul", "huge number", "controls", "lone surrogate")
# Additional fields of forms besides those in the table.
MORE_BOXES = {
    "content:write": ["tags", "draft_version", "draft_key", "submission", "kind", "category", "preview"],
    "content:reply": ["parent", "draft_version", "draft_key", "submission", "role", "preview"],
    "content:post-edit": ["base_version", "reason", "draft_version", "draft_key"],
    "content:draft-save": ["title", "version", "base_version", "fields"],
    "content:draft-discard": ["next"],
    "content:preview": ["title", "kind", "number", "thread"],
    "forum:moderate": ["category", "reason"],
    "forum:tag-edit": ["name", "synonyms", "parent", "description", "about"],
    "forum:invite": ["handle"],
    "forum:post-accept": ["on"],
    "blogs:write": ["tags", "summary", "cover_kept", "no_cover", "submission", "draft_version", "cover", "preview"],
    "blogs:edit": ["tags", "summary", "cover_kept", "base_version", "reason"],
    "blogs:note-write": ["title", "tags", "submission", "draft_version", "preview"],
    "social:vote": ["next"],
    "social:follow": ["next"],
    "notifications:mark-all-read": ["up_to", "show"],
    "notifications:mark-read": ["show"],
    "moderation:decide": ["next", "reason", "note"],
    "experiments:cancel": ["everyone"],
    "experiments:work": ["sample", "step", "seed"],
    "accounts:profile-update": ["bio"],
    "accounts:preferences-update": ["language", "time_zone", "vectors", "loss_form"],
    "accounts:preferences": ["language", "time_zone", "vectors", "loss_form", "next"],
    "account_login": ["login", "password", "next", "remember"],
    "account_signup": ["username", "email", "password1", "next"],
    "account_reset_password": ["email"],
    "account_email": ["email", "action_add", "action_send", "action_primary", "action_remove"],
    "account_change_password": ["oldpassword", "password1", "password2"],
    "account_reauthenticate": ["password"],
    "account_logout": ["next"],
}
VISITORS_FORMS = ("account_login", "account_signup", "account_reset_password")
OF_OTHERS = ("social:mark", "review:suggest", "review:hold")  # refused to the author before the form is read
FORM_ROWS = [row for row in ROWS if row.method == "POST" and not row.route.startswith("api-v1:")]
FIRST_ROWS = list({row.route: row for row in reversed(FORM_ROWS)}.values())[::-1]
ENTRANCE = {
    "account_signup": {"username": "ada", "email": "ada@chainrule.example", "password1": "correct horse battery"},
    "account_login": {"login": "author", "password": "correct horse battery"},
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), taken_back():
        yield worlds.build()


def role_for(route: str) -> str:
    if route in VISITORS_FORMS:
        return "visitor"
    if route in OF_OTHERS:
        return "member"
    return "moderator" if route.startswith("moderation:") or route in ("forum:moderate", "forum:tag-edit") else "author"


def encoded(form: dict[str, Any], **poisoned: bytes) -> str:
    """Return a form's body as raw bytes, keeping the bad input as it is."""
    boxes = [f"{name}={quote_plus(str(value))}" for name, value in form.items() if name not in poisoned]
    return "&".join([*boxes, *(f"{name}={quote_from_bytes(value)}" for name, value in poisoned.items())])


def send(world: World, row, body: str):
    """POST a body and roll back its effects. Returns the response and the tables written."""
    limiter.cache_clear()
    client = world.client(role_for(row.route))
    path = address(row.route, world.things[row.thing])
    with statements() as sent, taken_back():
        response = client.post(path, body, content_type="application/x-www-form-urlencoded")
    wrote = {found[1] for sql in sent if (found := WRITES.match(sql))}
    return response, wrote


@pytest.mark.parametrize("row", FIRST_ROWS, ids=lambda row: row.route)
def test_no_box_of_a_form_breaks_the_site(world, db, row) -> None:
    """Four kinds of bad input for each form, and each kind for a quarter of the forms."""
    first = FIRST_ROWS.index(row)
    names = list(POISONS)
    _breaks_nothing(world, row, [names[(4 * first + each) % len(names)] for each in range(4)])


@pytest.mark.full
@pytest.mark.parametrize("row", FIRST_ROWS, ids=lambda row: row.route)
def test_no_box_of_a_form_breaks_the_site_whatever_is_sent(world, db, row) -> None:
    _breaks_nothing(world, row, list(POISONS))


def _breaks_nothing(world: World, row, names: list[str]) -> None:
    form = ENTRANCE.get(row.route) or form_for(row.route, world.things[row.thing])
    boxes = list(dict.fromkeys([*form, *MORE_BOXES.get(row.route, ())]))
    everywhere = [(name, dict.fromkeys(boxes, POISONS[name])) for name in names]
    alone = [(name, {box: POISONS[name]}) for box, name in zip(boxes, cycle(ALONE), strict=False)]
    for name, poisoned in [*everywhere, *alone]:
        what = (name, list(poisoned))
        response, wrote = send(world, row, encoded(form, **poisoned))
        text = response.content.decode() if not response.streaming else ""
        assert response.status_code < 500, what
        if response.status_code >= 400:
            assert wrote <= MAY_BE_WRITTEN, (what, wrote)
            assert re.search(r"[A-Za-z]{3,} [a-z]", unescape(text)), (what, "no sentence")
        assert "<script>alert(1)" not in text or response["Content-Type"] == "application/json", what


@pytest.mark.parametrize("row", FIRST_ROWS, ids=lambda row: row.route)
def test_a_form_with_nothing_and_one_with_everything_twice(world, db, row) -> None:
    form = form_for(row.route, world.things[row.thing])
    twice = encoded(form) + "&" + encoded(form)
    many = "&".join(f"x{n}={n}" for n in range(600))
    for body in ("", "=&&&%&a=%ZZ&[]=1&x[y]=2", twice):
        assert send(world, row, body)[0].status_code < 500, body
    assert send(world, row, many)[0].status_code in ((400,) if form else (204, 302, 400, 403, 404, 409, 422))


TEXTS = [
    ("content:write", "source", "title"),
    ("content:reply", "source", None),
    ("content:post-edit", "source", None),
    ("blogs:write", "source", "title"),
    ("blogs:edit", "source", "title"),
    ("blogs:note-write", "source", None),
    ("accounts:profile-update", "bio", "display_name"),
    ("moderation:report", "note", None),
    ("experiments:playground", "config", None),
]


@pytest.mark.parametrize(("route", "box", "line"), TEXTS, ids=[text[0] for text in TEXTS])
def test_a_refused_text_stands_in_its_box_again_with_a_sentence(world, db, route, box, line) -> None:
    row = next(row for row in FIRST_ROWS if row.route == route)
    form = form_for(row.route, world.things[row.thing])
    mark = "What I wrote for an hour & <b>more</b>"
    refused = {box: (mark + "\x07" + "y" * 210_000).encode()}
    response, wrote = send(world, row, encoded(form | ({line: "My own line"} if line else {}), **refused))
    assert response.status_code == 422
    assert wrote <= MAY_BE_WRITTEN
    page = unescape(response.content.decode())
    assert mark in page
    assert line is None or "My own line" in page
    assert 'aria-invalid="true"' in page or "field-error" in page or 'role="alert"' in page


def test_an_invisible_turn_of_direction_is_refused_in_every_name(world, db) -> None:
    turned = "Ada‮gpj.exe".encode()
    names = [("content:write", "title"), ("blogs:write", "title"), ("blogs:write", "tags"), ("api:tokens", "name")]
    for route, box in [*names, ("accounts:profile-update", "display_name")]:
        row = next(row for row in FIRST_ROWS if row.route == route)
        response, _wrote = send(world, row, encoded(form_for(route, world.things[row.thing]), **{box: turned}))
        page = re.sub(r'value="[^"]*"', "", response.content.decode())
        assert "‮" not in page, route
        assert response.status_code == 422 or route == "api:tokens", (route, response.status_code)


JSON_POISONS: dict[str, Any] = {
    "nothing": None,
    "empty": "",
    "blank": " \n",
    "nul": "a\x00b",
    "lone surrogate": "a\ud800b",
    "bidi": "pay‮gpj.exe",
    "number": 7,
    "huge number": 10**40,
    "negative": -(10**20),
    "fraction": 1.5,
    "infinity": float("inf"),
    "not a number": float("nan"),
    "yes": True,
    "list": [[[]]],
    "mapping": {"a": {"b": "\x00"}},
    "long": "x" * 300_000,
}
API_ROWS = [row for row in ROWS if row.route.startswith("api-v1:") and row.method in ("POST", "PATCH")]
API_FIRST = list({row.route: row for row in reversed(API_ROWS)}.values())[::-1]
API_BOXES = {
    "api-v1:thread_create": ["kind", "title", "source", "category", "tags", "language", "publish", "nosuch"],
    "api-v1:post_create": ["thread", "source", "role", "parent", "nosuch"],
    "api-v1:post_edit": ["source", "base_version", "reason", "nosuch"],
    "api-v1:run_create": ["config", "title", "nosuch"],
}


def call(world: World, row, body: str | bytes, **headers: str):
    limiter.cache_clear()
    headers = {"Authorization": f"Bearer {world.tokens['author']}", **headers}
    path = address(row.route, world.things[row.thing])
    with statements() as sent, taken_back():
        send_it = getattr(world.client("visitor"), row.method.lower())
        response = send_it(path, body, content_type="application/json", headers=headers)
    return response, {found[1] for sql in sent if (found := WRITES.match(sql))}


def assert_refusal(response, what: Any) -> None:
    assert response["Content-Type"].startswith("application/json"), what
    error = response.json()["error"]
    assert re.fullmatch(r"[a-z_]+", error["code"]), what
    assert len(error["message"]) > 5, what


@pytest.mark.parametrize("row", API_FIRST, ids=lambda row: row.route)
def test_no_field_of_the_api_breaks_the_site(world, db, row) -> None:
    form = form_for(row.route, world.things[row.thing])
    for field in API_BOXES.get(row.route, ()):
        for name, poison in JSON_POISONS.items():
            response, wrote = call(world, row, json.dumps(form | {field: poison}))
            assert response.status_code < 500, (field, name, response.content)
            if response.status_code >= 400:
                assert_refusal(response, (field, name))
                assert wrote <= MAY_BE_WRITTEN, (field, name)


BROKEN = {
    "empty": b"",
    "half": b'{"title": "x',
    "a word": b"hello",
    "a list": b"[1, 2]",
    "a number": b"1e999",
    "null": b"null",
    "not utf-8": b'{"title": "\xff"}',
    "utf-16": '{"title": "x"}'.encode("utf-16"),
    "deep": b"[" * 100_000,
    "deep mapping": b'{"a":' * 50_000,
    "long number": b'{"thread": ' + b"9" * 100_000 + b"}",
    "twice": b'{"title": "a", "title": "b"}',
    "form": b"title=x&source=y",
}


@pytest.mark.parametrize("row", [row for row in API_FIRST if row.route in API_BOXES], ids=lambda row: row.route)
@pytest.mark.parametrize("name", BROKEN)
def test_json_that_is_not_json(world, db, row, name) -> None:
    response, wrote = call(world, row, BROKEN[name])
    assert response.status_code in (400, 422), response.content
    assert_refusal(response, name)
    assert wrote <= MAY_BE_WRITTEN


@pytest.mark.parametrize("name", BROKEN)
def test_a_draft_that_is_not_json(world, db, name) -> None:
    response = world.client("author").post(
        "/drafts/save/", BROKEN[name], content_type="application/json", headers={"Accept": "application/json"}
    )
    assert response.status_code in (400, 422), response.content
    assert_refusal(response, name)


@pytest.mark.parametrize("field", ["key", "title", "source", "fields", "version", "base_version"])
def test_a_draft_with_a_strange_field(world, db, field) -> None:
    good = {"key": "new:note", "source": "words", "version": 0}
    for name, poison in JSON_POISONS.items():
        limiter.cache_clear()
        with taken_back():
            response = world.client("author").post(
                "/drafts/save/",
                json.dumps(good | {field: poison}),
                content_type="application/json",
                headers={"Accept": "application/json"},
            )
        assert response.status_code < 500, name
        if response.status_code >= 400:
            assert_refusal(response, name)


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a\tb", "é" * 10, "a" * 200, "\N{ZERO WIDTH SPACE}"])
def test_strange_idempotency_keys(world, db, key) -> None:
    row = next(row for row in API_FIRST if row.route == "api-v1:run_create")
    response, _wrote = call(world, row, json.dumps(form_for(row.route, {})), **{"Idempotency-Key": key})
    assert response.status_code in (200, 201, 400)


QUERY = (
    "after before order kind page q post version as run fork preset whose curve scale size draft next v "
    "lang title tags category cursor limit author tag"
).split()

PLACES = ("after", "before", "cursor")
ODD = ["%00", "%ED%A0%80", "-1", "9" * 30, "%D9%A1", "a:b:c", "<script>alert(1)</script>"]


@pytest.mark.parametrize("first", [0, *(pytest.param(each, marks=pytest.mark.full) for each in range(1, len(ODD)))])
def test_the_query_of_a_page_may_hold_anything(world, db, first) -> None:
    """Each parameter has another odd value in each of the seven rounds; a rejected cursor is omitted."""
    pages = {row.route: row for row in reversed(ROWS) if row.method == "GET" and not row.route.endswith("events")}
    client = world.client("author")
    odd = {name: ODD[(first + place) % len(ODD)] for place, name in enumerate(QUERY)}
    for row in pages.values():
        path = address(row.route, world.things[row.thing])
        if _asked(client, path, odd) >= 400:
            _asked(client, path, {name: value for name, value in odd.items() if name not in PLACES})


def _asked(client: Client, path: str, odd: dict[str, str]) -> int:
    limiter.cache_clear()
    response = client.get(f"{path}?{'&'.join(f'{name}={value}' for name, value in odd.items())}")
    assert response.status_code < 500 or path == "/readyz", (path, odd)
    assert response.streaming or b"<script>alert(1)" not in response.content, path
    return response.status_code
