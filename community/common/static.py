"""Static files under ASGI, and their names before `collectstatic`."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.files.storage import FileSystemStorage
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware as Upstream
from whitenoise.storage import CompressedManifestStaticFilesStorage


class WhiteNoiseMiddleware(Upstream):
    """Serve each static file as a single chunk.

    Upstream streams from a synchronous iterator, which an ASGI server must drain in a thread and warns about. Our files
    are small.
    """

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


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed file names, or plain names until `collectstatic` has run."""

    support_js_module_import_aggregation = True

    def compress_files(self, paths):
        """Compress hashed files outside the admin."""
        wanted = {path for path in self.hashed_files.values() if not path.startswith("admin/")}
        yield from super().compress_files(wanted & set(paths))

    def url(self, name: str | None, force: bool = False) -> str:
        if not self.hashed_files:
            return FileSystemStorage.url(self, name)
        return super().url(name, force)


class SiteStaticFiles(StaticFilesConfig):
    """Finder that skips files no page uses: source maps."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "*.map"]
