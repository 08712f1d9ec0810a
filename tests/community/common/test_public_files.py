"""Avatars, fonts and pictures: no authentication queries, cacheable, without a cookie."""

import asyncio
import warnings

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient

from community.common.fonts import store
from community.content import services
from community.media.models import Asset
from community.media.services import add_picture
from tests.community.media.test_pictures import encoded

pytestmark = pytest.mark.django_db
FOREVER = "public, max-age=31536000, immutable"


@pytest.fixture
def picture(ada, settings, tmp_path) -> Asset:
    settings.MEDIA_ROOT = tmp_path
    return add_picture(owner=ada, content=encoded(size=(7, 5)))


@pytest.fixture
def font(monkeypatch, tmp_path) -> str:
    monkeypatch.setattr(store, "folder", lambda: tmp_path)
    (tmp_path / "math.0123456789ab.woff2").write_bytes(b"a font")
    return "/fonts/math.0123456789ab.woff2"


@pytest.mark.parametrize("kind", ["avatar", "picture", "font"])
def test_a_file_for_everybody_costs_no_query_and_varies_by_no_cookie(
    ada, picture, font, as_user, client, django_assert_num_queries, kind
):
    address = {"avatar": ada.avatar_url, "picture": picture.get_absolute_url(), "font": font}[kind]
    first = client.get(address)
    for browser in (as_user(ada), client):
        with django_assert_num_queries(0):
            response = browser.get(address, headers={"accept-language": "zh-hans"})
        assert (response.status_code, response.content) == (200, first.content)
        assert response["Cache-Control"] == FOREVER
        assert "Cookie" not in response.get("Vary", "") and not response.cookies


def test_a_new_name_is_a_new_avatar(ada, client):
    before = ada.avatar_url
    client.get(before)
    type(ada).objects.update(display_name="Zoe")
    ada.refresh_from_db()
    assert ada.avatar_url != before and b"Z</text>" in client.get(ada.avatar_url).content


def test_a_missing_file_is_a_missing_page(client, picture, settings, tmp_path):
    assert client.get("/avatar/999999.svg").status_code == 404
    assert client.get(f"/media/assets/{'0' * 64}.png").status_code == 404
    (tmp_path / picture.path).unlink()
    assert client.get(picture.get_absolute_url()).status_code == 404


def test_other_methods_and_the_upload_page_know_who_asks(ada, client, as_user, picture):
    assert client.post(picture.get_absolute_url()).status_code == 405
    for browser, status in ((client, 302), (as_user(ada), 200)):
        sent = SimpleUploadedFile("a.png", encoded())
        assert browser.post("/media/upload/", {"picture": sent}).status_code == status


def test_a_draft_and_its_preview_stay_for_those_who_may_see_them(ada, bob, client, as_user, picture):
    draft = services.start_thread(author=ada, kind="question", title="Q", source=picture.markdown, publish=False)
    assert as_user(ada).get(draft.get_absolute_url()).status_code == 200
    assert [browser.get(draft.get_absolute_url()).status_code for browser in (client, as_user(bob))] == [404, 404]


@pytest.mark.django_db(transaction=True)
def test_no_file_is_streamed_from_a_synchronous_iterator(picture):
    async def ask():
        response = await AsyncClient().get(picture.get_absolute_url())
        return response.streaming

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert asyncio.run(ask()) is False
