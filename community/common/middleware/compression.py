"""Response compression, with or without a proxy in front of the site."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from community.common.encodings import accepts_gzip

TEXTS = ("text/html", "text/csv", "application/json", "application/atom+xml", "application/rss+xml", "image/svg+xml")


class Compression(GZipMiddleware):
    """Compress complete text responses; event streams must not be buffered.

    A few random bytes vary the length of every response, so that lengths leak nothing that is in the page (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_text = response.headers.get("Content-Type", "").startswith(TEXTS)
        if response.streaming or not is_text:
            return response
        if not accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            patch_vary_headers(response, ("Accept-Encoding",))
            return response
        return super().process_response(request, response)
