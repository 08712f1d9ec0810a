"""Concurrent uploads: one is decoded, the others wait or must retry; equal ones are one file."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from community.media import decoding
from community.media.models import Asset
from community.media.storage import store_once
from tests.community.media.test_pictures import encoded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def upload(browser, accept="application/json", **fields):
    picture = SimpleUploadedFile("plot.png", encoded())
    return browser.post("/media/upload/", {"picture": picture, **fields}, headers={"Accept": accept})


def test_a_picture_that_finds_the_decoder_busy_is_told_to_come_back(signed_in, member, folder, monkeypatch):
    monkeypatch.setattr(decoding, "PATIENCE_SECONDS", 0.6)
    with decoding.exclusive():
        refused = upload(signed_in(member))
    assert (refused.status_code, refused["Retry-After"]) == (503, "1")
    assert refused.json()["error"] == {
        "code": "decoder_busy",
        "message": "The server is busy with other pictures. Try again in a few seconds.",
    }
    assert not Asset.objects.exists() and files(folder) == []
    assert upload(signed_in(member)).status_code == 201


def test_the_words_sent_with_a_refused_picture_are_on_the_page(signed_in, member, monkeypatch):
    monkeypatch.setattr(decoding, "PATIENCE_SECONDS", 0.1)
    with decoding.exclusive():
        refused = upload(signed_in(member), accept="text/html", source="My long text")
    assert refused.status_code == 503 and "My long text" in refused.content.decode()


def test_a_refused_picture_leaves_the_decoder_to_the_next(signed_in, member):
    broken = SimpleUploadedFile("plot.png", b"not a picture")
    assert signed_in(member).post("/media/upload/", {"picture": broken}).status_code == 422
    assert upload(signed_in(member)).status_code == 201


def test_two_who_send_the_same_picture_at_once_write_one_file(folder, monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda path: False)  # each checks before the other has written
    for _ in range(2):
        store_once("assets/ab/picture.png", b"the same bytes")
    monkeypatch.undo()
    assert files(folder) == ["picture.png"]


def test_a_write_that_fails_leaves_no_file(folder, monkeypatch):
    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        store_once("assets/ab/picture.png", b"bytes")
    assert files(folder) == []
