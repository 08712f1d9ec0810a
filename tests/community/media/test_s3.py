"""Pictures in a bucket: as from a folder, and when the bucket is broken."""

import io
import threading

import pytest
from django.core.checks import run_checks
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from community.content import services
from community.media import s3
from community.media.checks import bucket_answers
from community.media.models import Asset
from community.media.services import add_picture
from community.media.storage import StorageAway, read, store_once
from tests.community.media.test_pictures import encoded
from tests.s3 import BUCKET, client_of, cut_off, failing, names_in, silent, storages_of, working_s3

pytestmark = pytest.mark.django_db
SENTENCE = "The picture could not be saved. Your text is safe; try again later."


@pytest.fixture(scope="module")
def server():
    with working_s3() as address:
        yield address


@pytest.fixture
def bucket(server, settings):
    settings.STORAGES = storages_of(server)
    yield server
    for name in names_in(server):
        client_of(server).delete_object(Bucket=BUCKET, Key=name)


@pytest.fixture(params=[failing, silent, cut_off])
def broken(request, settings, monkeypatch):
    monkeypatch.setattr(s3, "READ_SECONDS", 0.3)
    with request.param() as server:
        settings.STORAGES = storages_of(server.address)
        yield server


def upload(browser, accept="application/json", **fields):
    picture = SimpleUploadedFile("plot.png", encoded())
    return browser.post("/media/upload/", {"picture": picture, **fields}, headers={"Accept": accept})


def test_a_picture_is_kept_in_the_bucket_and_served_by_the_site(bucket, signed_in, member, client):
    address = upload(signed_in(member)).json()["url"]
    assert names_in(bucket) == [Asset.objects.get().path]
    served = client.get(address)
    assert (served.status_code, served["Content-Type"]) == (200, "image/png")
    assert served["Cache-Control"] == "public, max-age=31536000, immutable"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_no_page_names_the_bucket(bucket, signed_in, member):
    asset = add_picture(owner=member, content=encoded())
    thread = services.start_thread(author=member, kind="question", title="Q", source=asset.markdown, publish=True)
    page = signed_in(member).get(thread.get_absolute_url()).content.decode()
    assert asset.get_absolute_url() in page
    assert bucket not in page and BUCKET + "/" not in page


def test_who_has_no_key_gets_nothing_from_the_bucket(bucket, member):
    """What is uploaded has no access rule of its own: the bucket's, private by default, is in force."""
    asset = add_picture(owner=member, content=encoded())
    grants = client_of(bucket).get_object_acl(Bucket=BUCKET, Key=asset.path)["Grants"]
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]
    kept = client_of(bucket).head_object(Bucket=BUCKET, Key=asset.path)
    assert kept["ContentType"] == "image/png"


def test_a_picture_without_its_file_is_a_missing_page(bucket, client, member):
    asset = add_picture(owner=member, content=encoded())
    client_of(bucket).delete_object(Bucket=BUCKET, Key=asset.path)
    assert client.get(asset.get_absolute_url()).status_code == 404


def test_an_upload_to_a_broken_bucket_is_refused_with_a_sentence_and_nothing_is_kept(broken, signed_in, member):
    refused = upload(signed_in(member))
    assert (refused.status_code, refused["Retry-After"]) == (503, "10")
    assert refused.json()["error"] == {"code": "picture_not_saved", "message": SENTENCE}
    assert not Asset.objects.exists()


def test_the_words_sent_with_it_are_on_the_page(broken, signed_in, member):
    refused = upload(signed_in(member), accept="text/html", source="My long text")
    page = refused.content.decode()
    assert refused.status_code == 503 and SENTENCE in page and "My long text" in page


def test_a_page_with_a_picture_opens_while_the_bucket_is_broken(broken, signed_in, member, client):
    asset = Asset.objects.create(owner=member, sha256="a" * 64, extension="png", width=4, height=3, size=9, name="plot")
    thread = services.start_thread(author=member, kind="question", title="Q", source=asset.markdown, publish=True)
    page = client.get(thread.get_absolute_url())
    assert page.status_code == 200 and asset.get_absolute_url() in page.content.decode()
    assert broken.asked == 0
    missing = client.get(asset.get_absolute_url())
    assert (missing.status_code, missing["Retry-After"], missing["Cache-Control"]) == (503, "5", "no-store")


def test_a_broken_bucket_is_not_asked_again_at_once(broken, monkeypatch):
    monkeypatch.setattr(s3, "PAUSE_SECONDS", 600)
    for _ in range(5):
        with pytest.raises(StorageAway):
            read("assets/aa/a.png")
    asked = broken.asked
    assert 1 <= asked <= s3.ATTEMPTS
    default_storage._away_until = 0.0
    with pytest.raises(StorageAway):
        read("assets/aa/a.png")
    assert broken.asked > asked


def test_few_threads_wait_for_a_slow_bucket(settings, monkeypatch):
    """The others are refused while these few still wait."""
    monkeypatch.setattr(s3, "READ_SECONDS", 60)
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    monkeypatch.setattr(s3, "READER_PATIENCE_SECONDS", 0.1)
    refused = threading.Semaphore(0)

    def try_it():
        with pytest.raises(StorageAway):
            read("assets/aa/a.png")
        refused.release()

    threads = [threading.Thread(target=try_it) for _ in range(16)]
    with silent() as server:
        settings.STORAGES = storages_of(server.address)
        assert default_storage.client  # made by one thread
        for thread in threads:
            thread.start()
        for _other in range(16 - s3.MOST_READERS):
            assert refused.acquire(timeout=20)
        assert not refused.acquire(blocking=False)
        assert server.asked <= s3.MOST_READERS
    for thread in threads:
        thread.join()


def test_a_bucket_nobody_listens_for_is_an_outage_too(settings, monkeypatch):
    settings.STORAGES = storages_of("http://127.0.0.1:9")
    with pytest.raises(StorageAway):
        store_once("assets/aa/a.png", b"bytes")


# === Moving ===


@pytest.fixture
def in_a_folder(member, settings, tmp_path):
    """Return three pictures that were uploaded before there was a bucket."""
    settings.MEDIA_ROOT = tmp_path
    return [add_picture(owner=member, content=encoded(size=(size, 3))) for size in (4, 5, 6)]


def moved(folder) -> str:
    said = io.StringIO()
    call_command("move_media", "--from", str(folder), stdout=said, stderr=said)
    return said.getvalue()


def test_pictures_move_into_the_bucket_and_moving_again_copies_nothing(in_a_folder, bucket, tmp_path, client):
    assert moved(tmp_path) == "3 of 3\n3 copied, 0 were there already.\n"
    assert sorted(names_in(bucket)) == sorted(asset.path for asset in in_a_folder)
    assert client.get(in_a_folder[0].get_absolute_url()).status_code == 200
    assert moved(tmp_path) == "3 of 3\n0 copied, 3 were there already.\n"


def test_a_move_goes_on_where_it_was_stopped(in_a_folder, bucket, tmp_path):
    store_once(in_a_folder[1].path, (tmp_path / in_a_folder[1].path).read_bytes())
    assert "2 copied, 1 were there already." in moved(tmp_path)


def test_a_missing_and_a_damaged_picture_are_named_and_the_others_moved(in_a_folder, bucket, tmp_path, capsys):
    (tmp_path / in_a_folder[0].path).unlink()
    (tmp_path / in_a_folder[1].path).write_bytes(b"something else")
    said = io.StringIO()
    with pytest.raises(CommandError, match="2 pictures were not copied"):
        call_command("move_media", "--from", str(tmp_path), stdout=said, stderr=said)
    assert f"missing: {in_a_folder[0].path}" in said.getvalue()
    assert f"damaged: {in_a_folder[1].path}" in said.getvalue()
    assert names_in(bucket) == [in_a_folder[2].path]


def test_a_move_without_a_bucket_says_what_to_set(in_a_folder, tmp_path):
    with pytest.raises(CommandError, match="set CHAINRULE_S3_BUCKET first"):
        moved(tmp_path)


def test_a_move_into_a_broken_bucket_says_to_call_it_again(in_a_folder, tmp_path, settings):
    with failing() as server:
        settings.STORAGES = storages_of(server.address)
        with pytest.raises(CommandError, match="Call this command again"):
            moved(tmp_path)


# === The check ===


def test_a_working_bucket_passes_the_check(bucket):
    assert bucket_answers(None) == []


def test_a_bucket_that_is_not_there_fails_it(server, settings):
    storages = storages_of(server)
    storages["default"]["OPTIONS"]["bucket_name"] = "another"
    settings.STORAGES = storages
    [error] = [each for each in run_checks(include_deployment_checks=True) if each.id == "media.E001"]
    assert "there is no bucket another" in error.msg


def test_a_folder_passes_it():
    assert bucket_answers(None) == []
