"""Own pictures as avatars: a small square of pixels and nothing else of the file; without one it is drawn."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from community.media.models import Asset
from tests.community.media.test_pictures import encoded
from tests.factories import NewcomerFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def sent(content: bytes) -> dict:
    return {"picture": SimpleUploadedFile("me.png", content)}


def wide() -> bytes:
    """Return a picture whose middle is teal and whose sides are red."""
    file = io.BytesIO()
    image = Image.new("RGBA", (300, 100), "red")
    image.paste("teal", (100, 0, 200, 100))
    image.save(file, "PNG")
    return file.getvalue()


def test_a_picture_is_cut_to_a_square_and_shown_everywhere(client, as_user, ada):
    assert as_user(ada).post("/media/avatar/", sent(wide())).url == "/settings/#profile"
    ada.refresh_from_db()
    assert ada.avatar_url == f"/media/assets/{ada.picture}"
    shown = Image.open(io.BytesIO(client.get(ada.avatar_url).content))
    assert shown.size == (256, 256)
    red, green, blue = shown.convert("RGB").getpixel((5, 128))
    assert red < 40 and 100 < green < 160 and 100 < blue < 160
    question = QuestionFactory(author=ada)
    for address in (ada.get_absolute_url(), question.get_absolute_url(), "/latest/"):
        assert ada.avatar_url in html_of(client.get(address))


def test_it_can_be_removed(as_user, ada):
    browser = as_user(ada)
    browser.post("/media/avatar/", sent(encoded()))
    assert "Remove picture" in html_of(browser.get("/settings/"))
    browser.post("/media/avatar/", {"remove": "1"})
    ada.refresh_from_db()
    assert ada.picture == "" and ada.avatar_url.startswith("/avatar/")
    assert "drawn from your name" in html_of(browser.get("/settings/"))


@pytest.mark.parametrize("form", [{}, {"picture": SimpleUploadedFile("me.png", b"no picture")}], ids=["none", "broken"])
def test_what_is_no_picture_is_refused_in_a_sentence(as_user, ada, form):
    answer = as_user(ada).post("/media/avatar/", form)
    assert answer.status_code == 422 and "picture" in html_of(answer)
    ada.refresh_from_db()
    assert ada.picture == "" and not Asset.objects.exists()


def test_who_has_not_confirmed_an_address_has_the_drawn_one(as_user):
    newcomer = NewcomerFactory()
    assert as_user(newcomer).post("/media/avatar/", sent(encoded())).status_code == 403
    newcomer.refresh_from_db()
    assert newcomer.picture == "" and not Asset.objects.exists()


def test_a_visitor_signs_in_first(client):
    assert client.post("/media/avatar/", sent(encoded())).url.startswith("/accounts/login/")
