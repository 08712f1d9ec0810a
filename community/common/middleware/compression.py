"""Response compression, with or without a proxy in front of the site."""

import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

from community.common.encodings import accepts_gzip, gzipped

TEXTS = ("text/html", "text/csv", "application/json", "application/atom+xml", "application/rss+xml", "image/svg+xml")
SHORT = 200  # bytes
PADDING = 100  # bytes


class Compression(MiddlewareMixin):
    """Compress complete text responses; event streams must not be buffered.

    A few random bytes vary the length of every response, so that lengths leak nothing that is in the page (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, HttpResponse) or not _is_worth_it(response):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if not accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            return response
        response.content = gzipped(response.content, "x" * secrets.randbelow(PADDING))
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["Content-Encoding"] = "gzip"
        if (etag := response.headers.get("ETag", "")).startswith('"'):
            response.headers["ETag"] = f"W/{etag}"  # these are not the bytes it was made from (RFC 9110, 8.8.1)
        return response


def _is_worth_it(response: HttpResponse) -> bool:
    """Return whether it is a text of some length that is not compressed yet."""
    is_text = response.headers.get("Content-Type", "").startswith(TEXTS)
    return is_text and "Content-Encoding" not in response.headers and len(response.content) >= SHORT
