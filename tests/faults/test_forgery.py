"""Forged pictures, external redirects, cursors of another list, and leaking text."""

from __future__ import annotations

import io
import struct
import zlib
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from community.media.models import Asset
from community.moderation.services import hide
from tests.factories import ModeratorFactory, PersonFactory, PostFactory, QuestionFactory, ThreadFactory
from tests.training import XOR, train

pytestmark = pytest.mark.django_db

AWAY = [
    "//evil.example/", r"/\evil.example", r"\\evil.example", "https:evil.example", "https://evil.example/",
    "javascript:alert(1)", "/\t/evil.example", "\x01//evil.example", "http:///evil.example", "///evil.example",
    "https://testserver@evil.example/", "https://testserver.evil.example/", "data:text/html,x", "evil.example",
    "/%09/evil.example\r\nLocation: https://evil.example", "//testserver\\@evil.example", " //evil.example",
]  # fmt: skip


def leads_away(response) -> bool:
    where = response.headers.get("Location", "/")
    return not where.startswith("/") or where.startswith(("//", "/\\")) or "\n" in where


@pytest.mark.parametrize("address", AWAY)
def test_no_form_sends_anybody_elsewhere(signed_in, address) -> None:
    ada, post = PersonFactory(), PostFactory(thread=ThreadFactory())
    client = signed_in(ada)
    forms = {
        f"/posts/{post.pk}/vote/": {"value": "1"},
        f"/posts/{post.pk}/bookmark/": {"on": "1"},
        "/follow/": {"kind": "thread", "id": post.thread_id, "level": "3"},
        "/preferences/": {"theme": "dark"},
        "/drafts/discard/": {"key": "new:note"},
        "/settings/email/confirmation/": {},
    }
    for path, form in forms.items():
        answers = [client.post(path, form | {"next": address})]
        answers.append(client.post(f"{path}?next=x", form, query_params={"next": address}))
        assert not any(leads_away(answer) for answer in answers), path
    door = Client().post(
        "/accounts/login/", {"login": ada.handle, "password": "correct horse battery", "next": address}
    )
    assert door.status_code == 302
    assert not leads_away(door)
    assert not leads_away(client.post("/accounts/logout/", {"next": address}))
    page = unescape(Client().get("/accounts/login/", {"next": address}).content.decode())
    assert f'href="{address}' not in page
    assert f'action="{address}' not in page


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver@evil", "a b", "[::1", "..", ""]
)
def test_an_unknown_host_is_refused_everywhere(client, host) -> None:
    for path in ("/", "/accounts/login/", "/api/v1/threads", "/feeds/site.atom", "/healthz"):
        response = client.get(path, headers={"Host": host})
        if host:
            assert response.status_code == 400, path
            assert host not in response.content.decode() or len(host) < 4


def test_forwarded_headers_of_a_stranger_change_nothing(client) -> None:
    lies = {
        "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "1",
        "X-Original-URL": "/staff/", "X-Rewrite-URL": "/staff/", "Forwarded": "host=evil.example",
        "X-HTTP-Method-Override": "DELETE",
    }  # fmt: skip
    thread = ThreadFactory()
    answer = client.get("/api/v1/threads", headers=lies)
    assert answer.json()["items"][0]["url"].startswith(f"http://testserver/t/{thread.pk}/")
    assert "evil.example" not in client.get("/feeds/site.atom", headers=lies).content.decode()


def png(width: int, height: int, *, rows: int = 0) -> bytes:
    """Return a picture that declares a size but contains only a few rows."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * ((width // 8 + 1) * (rows or height)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def picture(kind: str, **options) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (4, 4), "teal").save(file, kind, **options)
    return file.getvalue()


BAD_PICTURES = {
    "empty": b"",
    "text": b"this is no picture",
    "html": b"<html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a bomb of 20,000 by 20,000": png(20_000, 20_000),
    "wider than any screen": png(60_000, 1_000, rows=1),
    "cut short": picture("PNG")[:40],
    "tiff": picture("TIFF"),
    "bmp": picture("BMP"),
    "ico": picture("ICO"),
    "pdf": b"%PDF-1.7 " + b"0" * 100,
    "gif head alone": b"GIF89a",
    "over five megabytes": picture("PNG") + b"\x00" * (5 * 1024 * 1024),
}


@pytest.mark.parametrize("name", BAD_PICTURES)
def test_a_picture_that_lies_is_a_sentence_for_scripts_and_for_people(signed_in, name) -> None:
    client = signed_in(PersonFactory())

    def send(accept: str):
        file = SimpleUploadedFile("cat.png", BAD_PICTURES[name], content_type="image/png")
        return client.post("/media/upload/", {"picture": file}, headers={"Accept": accept})

    script, person = send("application/json"), send("text/html")
    assert script.status_code == person.status_code == 422
    assert len(script.json()["error"]["message"]) > 10
    assert script.json()["error"]["message"][:20] in person.content.decode() or "&#x27;" in person.content.decode()
    assert not Asset.objects.exists()


def test_a_bomb_is_small_on_the_wire() -> None:
    assert len(BAD_PICTURES["a bomb of 20,000 by 20,000"]) < 60_000


@pytest.mark.parametrize("field", ["file", "image", "picture[]", ""])
def test_a_picture_in_another_box(signed_in, field) -> None:
    file = SimpleUploadedFile("cat.png", picture("PNG"), content_type="image/png")
    response = signed_in(PersonFactory()).post(
        "/media/upload/", {field or "x": file}, headers={"Accept": "application/json"}
    )
    assert (response.status_code, response.json()["error"]["code"]) == (422, "picture_refused")


def test_a_picture_that_is_a_page_too_comes_out_as_a_picture_alone(signed_in, settings) -> None:
    """A polyglot file: its pixels survive, the script in it does not."""
    content = picture("PNG") + b"<script>alert(document.cookie)</script>"
    name = "../../<b>evil</b>.html\x00.png"
    client = signed_in(PersonFactory())
    file = SimpleUploadedFile("x.png", content, content_type="text/html")
    file.name = name
    answer = client.post("/media/upload/", {"picture": file}, headers={"Accept": "application/json"})
    assert answer.status_code == 201
    asset = Asset.objects.get()
    kept = Path(settings.MEDIA_ROOT, asset.path).read_bytes()
    assert b"script" not in kept
    shown = client.get(answer.json()["url"])
    assert shown["Content-Type"] == "image/png"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "<" not in answer.json()["markdown"]
    assert ".." not in answer.json()["markdown"]


def test_a_cursor_of_one_list_is_refused_by_another(client) -> None:
    for _number in range(25):
        QuestionFactory()
    cursor = client.get("/api/v1/threads", {"limit": 5}).json()["next"]
    assert cursor
    assert client.get("/api/v1/threads", {"cursor": cursor, "order": "top"}).status_code == 400
    for path in ("/articles/", "/notes/", "/runs/", "/tags/", "/search/?q=x"):
        refused = client.get(path, {"after": cursor}) if "?" not in path else client.get(f"{path}&after={cursor}")
        assert refused.status_code in (200, 400)
    for changed in (cursor[:-1], cursor + "x", cursor.swapcase(), cursor.replace(":", "."), ":" + cursor, cursor * 9):
        refused = client.get("/api/v1/threads", {"cursor": changed})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "broken_cursor")
        assert client.get("/latest/", {"after": changed}).status_code == 400


SECRET = "zebrafish"


def everywhere(client) -> str:
    """Return everything a stranger can read."""
    paths = (
        "/", "/latest/", "/questions/", "/discussions/", "/articles/", "/notes/", "/runs/", "/tags/", "/@writer/",
        f"/search/?q={SECRET}", "/feeds/site.atom", "/feeds/site.rss", "/feeds/@writer.atom", "/api/v1/threads",
        "/api/v1/threads?author=writer", "/sitemap.xml",
    )  # fmt: skip
    return "".join(client.get(path).content.decode() for path in paths).replace(f'value="{SECRET}"', "")


def test_what_is_hidden_or_a_draft_is_in_no_list_feed_search_or_api(signed_in, visitor) -> None:
    writer = PersonFactory(handle="writer")
    client = signed_in(writer)
    for kind in ("question", "note", "article", "discussion"):
        path = {"note": "/notes/new/", "article": "/articles/new/"}.get(kind, "/write/")
        text = {"title": f"On the {SECRET}", "source": f"The {SECRET} is secret.", "tags": f"{SECRET}s", "kind": kind}
        text |= {"category": "meta"} if kind in ("question", "discussion") else {}
        text |= {"category": "training-troubles"}
        assert client.post(path, text | {"keep": "1"}).status_code == 302
        assert client.post(path, text).status_code == 302
    from community.content.models import Post, Thread

    assert Thread.objects.filter(published_at=None).count() >= 4
    moderator = ModeratorFactory()
    for post in Post.objects.filter(thread__published_at__isnull=False):
        hide(actor=moderator, post=post, note="")
    other = signed_in(PersonFactory())
    for reader in (visitor, other):
        found = everywhere(reader)
        assert f"The {SECRET}" not in found
        assert f"On the {SECRET}" not in found


def test_a_private_run_in_somebody_elses_post_is_not_shown(signed_in, visitor) -> None:
    """Writing another person's hash into one's own post shows no card of it."""
    from bpsandbox import api

    api.submit(config_text=XOR, requester=PersonFactory())
    spec_hash = train()
    thief = signed_in(PersonFactory())
    tricks = [
        f'<section class="run-card" data-run="{spec_hash}"></section>', f"/runs/{spec_hash}/",
        f'<div data-embed="run" data-run="{spec_hash}"></div>', f'<div data-bp="{spec_hash}"></div>',
    ]  # fmt: skip
    thief.post("/notes/new/", {"source": "\n\n".join(tricks)})
    for reader in (thief, visitor):
        page = reader.get("/notes/").content.decode()
        assert '<svg class="curve' not in page
        for suffix in ("", "card/", "events", "curve.svg", "series.csv", "result.json", "worked.tex", "fork/"):
            assert reader.get(f"/runs/{spec_hash}/{suffix}").status_code == 404, suffix
        assert reader.get(f"/playground/?run={spec_hash}").status_code == 404
        assert reader.get(f"/playground/?fork={spec_hash}").status_code == 404
