"""Static files under ASGI, their names before `collectstatic`, our own as few files after it, and the release before.

While a release is rolled out, a host gets asked for files of both: pages of one host name files that another serves. So
`collectstatic` adds files and takes none away for a month, and a process serves what was added since it started.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware as Upstream
from whitenoise.storage import CompressedManifestStaticFilesStorage

from community.common import bundles

STYLES = ("community/css/site.css", "community/css/playground.css")
SCRIPT = "community/js/main.js"


class WhiteNoiseMiddleware(Upstream):
    """Serve each static file as a single chunk.

    Upstream streams from a synchronous iterator, which an ASGI server must drain in a thread and warns about. Our files
    are small.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = self.files.get(request.path_info) or self._added_since(request.path_info)
        return self.get_response(request) if found is None else self.serve(found, request)

    def _added_since(self, url: str):
        """Return a file that `collectstatic` of the next release has added, and remember it."""
        if self.use_finders or not url.startswith(self.static_prefix) or not self.url_is_canonical(url):
            return None
        path = Path(self.static_root) / url.removeprefix(self.static_prefix)
        with suppress(OSError):  # no file system takes a name of thousands of characters
            if path.is_file():
                self.add_file_to_dictionary(url, str(path))
        return self.files.get(url)

    @staticmethod
    def serve(static_file, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file as file:
                body = file.read()
        response = HttpResponse(body, status=int(found.status))
        del response["Content-Type"]
        for key, value in found.headers:
            response[key] = value
        return response


KEPT_DAYS = 30
RETIRED = "retired.json"  # hashed name → the day since when no page of the current release names it


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed file names, or plain names until `collectstatic` has run; our scripts and styles in bundles."""

    support_js_module_import_aggregation = True

    hashed_files: dict[str, str]
    _served: frozenset[str] = frozenset()

    def post_process(self, paths, dry_run=False, **options) -> Iterator:
        self._before = self.hashed_files
        self._served = frozenset({*self.hashed_files.values(), self.manifest_name, RETIRED})
        yield from super().post_process(_bundled(paths), dry_run=dry_run, **options)

    def delete(self, name: str) -> None:
        """Delete a file, but not one that is served: `_save` replaces it."""
        if name not in self._served:
            super().delete(name)

    def _save(self, name: str, content) -> str:
        """Write a file; one that is served is replaced as a whole."""
        if name not in self._served:
            return super()._save(name, content)
        target = Path(self.path(name))
        partial = target.with_name(f"{target.name}.{os.getpid()}.part")
        partial.write_bytes(b"".join(content.chunks()))  # from the start: its hash was taken of it before
        partial.replace(target)
        return name

    def save_manifest(self) -> None:
        """Save the names; those that only pages of an earlier release use stay for `KEPT_DAYS`."""
        retired = self._retired()
        kept = {name: hashed for name, hashed in self._before.items() if hashed in retired}
        self.hashed_files = kept | self.hashed_files
        super().save_manifest()
        self._save(RETIRED, ContentFile(json.dumps(retired, indent=1).encode()))

    def _retired(self) -> dict[str, str]:
        """Return the files of earlier releases, and delete those that were kept long enough."""
        today, current = date.today(), set(self.hashed_files.values())
        known = json.loads(Path(self.path(RETIRED)).read_text()) if self.exists(RETIRED) else {}
        since = {name: known.get(name, today.isoformat()) for name in {*known, *self._before.values()} - current}
        last = (today - timedelta(days=KEPT_DAYS)).isoformat()
        for name in [name for name, day in since.items() if day < last]:
            del since[name]
            for path in (name, f"{name}.gz", f"{name}.br"):
                Path(self.path(path)).unlink(missing_ok=True)
        return since

    def compress_files(self, paths):
        """Compress hashed files outside the admin."""
        wanted = {path for path in self.hashed_files.values() if not path.startswith("admin/")}
        unchanged = {path for path in self._served if self.exists(f"{path}.gz")}
        yield from super().compress_files(wanted & set(paths) - unchanged)

    def url(self, name: str | None, force: bool = False) -> str:
        if not self.hashed_files:
            return FileSystemStorage.url(self, name)
        return super().url(name, force)


def _bundled(paths: dict) -> dict:
    """Return the files to serve: bundles in the place of their sources, without what went into them."""

    def reading(folder: PurePosixPath) -> bundles.Read:
        def read(name: str) -> str:
            storage, path = paths[str(folder / name)]
            with storage.open(path) as file:
                return file.read().decode()

        return read

    made, used = InMemoryStorage(), set()
    for entry, bundle in (*((style, bundles.styles) for style in STYLES), (SCRIPT, bundles.scripts)):
        if entry not in paths:
            continue
        folder, name = PurePosixPath(entry).parent, PurePosixPath(entry).name
        files, sources = bundle(name, reading(folder))
        used |= {str(folder / source) for source in sources}
        for file, text in files.items():
            made.save(str(folder / file), ContentFile(text.encode()))
    kept = {name: place for name, place in paths.items() if name not in used}
    return kept | {name: (made, name) for name in used if made.exists(name)}


class SiteStaticFiles(StaticFilesConfig):
    """Finder that skips files no page uses: source maps."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "*.map"]
