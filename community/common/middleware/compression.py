"""Pages go over the wire compressed, whether or not a proxy in front of us does that too."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS = ("text/html", "text/csv", "application/json", "application/atom+xml", "application/rss+xml", "image/svg+xml")


class Compression(GZipMiddleware):
    """Compress texts that are whole; a stream of events must not wait in a buffer.

    A few random bytes change the length of every answer, so that lengths tell nothing of a form's token.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_text = response.headers.get("Content-Type", "").startswith(TEXTS)
        if response.streaming or not is_text:
            return response
        return super().process_response(request, response)
