"""A form rejected before its view: a page that explains what to do and shows the text."""

from __future__ import annotations

import asyncio
import re
from html import unescape

import pytest
from django.core.exceptions import RequestAborted
from django.test import Client

from community.common.asgi import Application
from community.common.ratelimit import Limit
from community.content import rates
from community.content.models import Draft, Post, Thread
from tests.factories import PersonFactory

WORDS = "An hour of work <about> gradients"
QUESTION = {"kind": "question", "title": "Why is it stuck?", "source": WORDS, "category": "training-troubles"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def hasty(monkeypatch, signed_in):
    """A person who has posted once and cannot post again for an hour."""
    monkeypatch.setattr(rates.POSTING, "items", Limit("post-test", "1/hour").items)
    client = signed_in(PersonFactory(language=""))
    assert client.post("/write/", {**QUESTION, "title": "The first"}).status_code == 302
    return client


@pytest.mark.parametrize(
    ("language", "waiting"), [("en", r"Please wait \d+ minutes\."), ("zh-hans", r"\d+ ?(分钟|minutes)")]
)
def test_too_fast_a_writer_is_told_how_long_to_wait_and_keeps_their_words(hasty, language, waiting) -> None:
    response = hasty.post("/write/", QUESTION, headers={"Accept-Language": language})
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 3600
    assert response["Cache-Control"] == "no-store"
    page = unescape(response.content.decode())
    assert f'lang="{ {"en": "en", "zh-hans": "zh-Hans"}[language] }"'.lower() in page.lower()
    assert re.search(waiting, page)
    assert WORDS in page
    assert "Why is it stuck?" in page
    assert Thread.objects.count() == 1


def test_what_was_kept_can_be_sent_once_more_as_it_is(hasty, monkeypatch) -> None:
    page = hasty.post("/write/", QUESTION).content.decode()
    form = page[page.index('<form class="kept"') :].split("</form>")[0]
    boxes = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    typed = re.findall(r'<textarea name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    boxes |= {name: unescape(text) for name, text in typed}
    assert boxes == QUESTION
    monkeypatch.setattr(rates.POSTING, "items", Limit("post-test", "9/hour").items)
    assert hasty.post(re.search(r'action="([^"]+)"', form)[1], boxes).status_code == 302
    assert Thread.objects.filter(title="Why is it stuck?").count() == 1


def test_a_form_of_unknown_origin_shows_the_words_but_offers_no_button() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(PersonFactory())
    response = client.post("/write/", QUESTION)
    assert response.status_code == 403
    page = unescape(response.content.decode())
    kept = page[page.index('<form class="kept"') :].split("</form>")[0]
    assert WORDS in kept
    assert "<button" not in kept
    assert not Thread.objects.exists()


def test_a_password_is_never_shown_again() -> None:
    client = Client(enforce_csrf_checks=True)
    form = {"login": "ada", "password": "my secret words", "title": "bait"}
    assert b"my secret words" not in client.post("/accounts/login/", form).content


@pytest.mark.parametrize("path", ["/", "/latest/", "/playground/presets/", "/feeds/site.atom", "/healthz"])
def test_a_method_that_an_address_does_not_take_is_said_in_a_sentence(client, path) -> None:
    response = client.post(path)
    assert response.status_code == 405
    assert "GET" in response["Allow"]
    assert "does not accept this kind of request" in response.content.decode()


def test_the_api_says_it_in_its_own_form(client) -> None:
    response = client.put("/api/v1/threads")
    assert (response.status_code, response.json()["error"]["code"]) == (405, "method_not_allowed")
    assert "POST" in response["Allow"]


def test_a_form_of_five_megabytes_is_refused_with_its_own_sentence(signed_in) -> None:
    client = signed_in(PersonFactory())
    response = client.post("/write/", {"source": "x" * 5_000_000})
    assert response.status_code == 413
    assert "too large" in response.content.decode()


def test_one_megabyte_of_chinese_comes_back_in_its_box(signed_in) -> None:
    text = "梯" * 349_525
    response = signed_in(PersonFactory()).post("/write/", {**QUESTION, "source": text})
    assert response.status_code == 422
    assert text in response.content.decode()
    assert not Thread.objects.exists()
    assert not Post.objects.exists()
    assert not Draft.objects.exists()


def body_of(*pieces: bytes, settings_limit: int, settings) -> object:
    """Return what the application keeps of a chunked body."""
    settings.REQUEST_MAX_BYTES = settings_limit
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = settings_limit // 2
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive():
        return messages.pop(0)

    return asyncio.run(Application().read_body(receive)), messages


def test_a_body_up_to_the_limit_is_kept_whole(settings) -> None:
    kept, left = body_of(b"a" * 40, b"b" * 40, b"c" * 20, settings_limit=100, settings=settings)
    assert kept.read() == b"a" * 40 + b"b" * 40 + b"c" * 20
    assert left == []


def test_of_a_longer_body_nothing_is_kept_and_the_answer_is_413(settings) -> None:
    kept, left = body_of(*[b"a" * 40] * 9, settings_limit=100, settings=settings)
    assert left == [], "it is read to its end, or the sender never sees the answer"
    scope = {"type": "http", "method": "POST", "path": "/media/upload/", "headers": [(b"host", b"testserver")]}
    request, refusal = Application().create_request(scope, kept)
    assert refusal is None
    assert request.is_too_large
    assert request.body == b""


def test_somebody_who_leaves_in_the_middle_leaves_nothing(settings) -> None:
    async def receive():
        return {"type": "http.disconnect"}

    with pytest.raises(RequestAborted):
        asyncio.run(Application().read_body(receive))


def test_the_playground_over_its_quota_says_when_and_keeps_the_config(client, monkeypatch) -> None:
    from bpsandbox import api
    from bpsandbox.errors import HourlyLimit

    def refuse(**wish):
        raise HourlyLimit(limit=10, retry_after=1234)

    monkeypatch.setattr(api, "submit", refuse)
    response = client.post("/playground/", {"config": "dataset: {name: xor}"})
    assert (response.status_code, response["Retry-After"]) == (429, "1234")
    assert "dataset: {name: xor}" in unescape(response.content.decode())
    assert "21 min" in response.content.decode()


def test_a_config_that_is_too_long_stays_in_its_box(client) -> None:
    text = "# a long remark\n" * 5000
    response = client.post("/playground/", {"config": text})
    assert response.status_code == 422
    assert "# a long remark\n# a long remark" in response.content.decode()
    assert "64 KiB" in response.content.decode()
