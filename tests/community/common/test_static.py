"""Static files of two releases side by side."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.http import HttpResponse
from django.test import RequestFactory

from community.common.static import KEPT_DAYS, ManifestStorage, WhiteNoiseMiddleware

STORAGES = {
    "default": {"BACKEND": "community.media.storage.Folder"},
    "staticfiles": {"BACKEND": "community.common.static.ManifestStorage"},
}


@pytest.fixture
def release(settings, tmp_path):
    """Return a function that collects a release of one picture, one style and perhaps more."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.WHITENOISE_USE_FINDERS = False
    settings.STORAGES = STORAGES
    finders.get_finder.cache_clear()

    def collect(style: str, *more: str) -> ManifestStorage:
        source = tmp_path / "source"
        for path in source.glob("*"):
            path.unlink()
        source.mkdir(exist_ok=True)
        (source / "dot.svg").write_text("<svg/>")
        (source / "site.css").write_text(style)
        for name in more:
            (source / name).write_text(f"/* {name} */")
        call_command("collectstatic", "--no-input", verbosity=0)
        return ManifestStorage()

    yield collect
    finders.get_finder.cache_clear()


@pytest.fixture
def server(release):
    """Return a function that starts a web process; it answers with status and body."""

    def start():
        process = WhiteNoiseMiddleware(lambda request: HttpResponse(status=404))

        def get(url: str) -> tuple[int, bytes]:
            response = process(RequestFactory().get(url))
            return response.status_code, response.content

        return get

    return start


RED = "p { background: url(dot.svg); color: red }\n" * 40
BLUE = "p { background: url(dot.svg); color: blue }\n" * 40


def test_a_process_serves_the_files_of_the_release_that_follows_it(release, server):
    release(RED)
    old = server()
    new_name = release(BLUE).url("site.css")
    status, body = old(new_name)
    assert status == 200 and b"blue" in body


def test_a_process_serves_the_files_of_the_release_before_it(release, server):
    old_name = release(RED).url("site.css")
    release(BLUE)
    status, body = server()(old_name)
    assert status == 200 and b"red" in body


def test_nothing_outside_the_folder_is_served(release, server, settings):
    release(RED)
    (Path(settings.STATIC_ROOT).parent / "secret-key").write_text("secret")
    get = server()
    for url in (
        "/static/../secret-key",
        "/static/%2e%2e/secret-key",
        "/static//etc/passwd",
        "/static/",
        "/static/no.css",
        f"/static/{'x' * 5000}.css",
    ):
        assert get(url)[0] == 404, url


def test_an_old_process_that_starts_again_finds_the_names_of_its_own_files(release):
    release(RED, "gone.js")
    storage = release(BLUE)
    assert storage.exists(storage.stored_name("gone.js"))
    assert "blue" in storage.open(storage.stored_name("site.css")).read().decode()


def test_collecting_the_same_again_changes_no_served_file_and_leaves_none_out_for_a_moment(
    release, settings, monkeypatch
):
    storage = release(RED)
    served = {*storage.hashed_files.values(), "staticfiles.json"}
    deleted = []
    unlink = Path.unlink
    monkeypatch.setattr("os.remove", lambda path: deleted.append(Path(path).name))
    monkeypatch.setattr(Path, "unlink", lambda path, **more: (deleted.append(path.name), unlink(path, **more)))
    again = release(RED)
    assert again.hashed_files == storage.hashed_files
    assert "color: red" in again.open(again.stored_name("site.css")).read().decode()
    assert not {*deleted} & {*served}
    assert not list(Path(settings.STATIC_ROOT).glob("*.part"))


def test_a_file_is_deleted_a_month_after_its_release(release, settings):
    old = release(RED)
    name = old.stored_name("site.css")
    release(BLUE)
    retired = Path(settings.STATIC_ROOT) / "retired.json"
    assert json.loads(retired.read_text()) == {name: date.today().isoformat()}
    for days, is_there in ((KEPT_DAYS, True), (KEPT_DAYS + 1, False)):
        retired.write_text(json.dumps({name: (date.today() - timedelta(days=days)).isoformat()}))
        storage = release(BLUE)
        assert storage.exists(name) is is_there
        assert storage.exists(f"{name}.gz") is is_there
    assert json.loads(retired.read_text()) == {}
    assert "red" not in storage.open(storage.stored_name("site.css")).read().decode()


def test_a_file_that_comes_back_is_retired_no_more(release, settings):
    release(RED)
    release(BLUE)
    release(RED)
    retired = json.loads((Path(settings.STATIC_ROOT) / "retired.json").read_text())
    assert [name.partition(".")[0] for name in retired] == ["site"]
    assert ManifestStorage().stored_name("site.css") not in retired
