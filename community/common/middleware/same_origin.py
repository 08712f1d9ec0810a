"""Protection against forged requests by their origin, without a token in the page.

A page without a secret is the same for every visitor, and a form stays valid however old it is.
"""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin


class SameOrigin(MiddlewareMixin):
    """Exempt requests that come from our own pages from Django's token check, which refuses all others.

    Must be before CsrfViewMiddleware. A client that tells no origin needs the token, which only Django's admin sends.
    """

    def process_request(self, request: HttpRequest) -> None:
        if is_same_origin(request):
            request.csrf_processing_done = True  # type: ignore[attr-defined]


def is_same_origin(request: HttpRequest) -> bool:
    """Return whether the browser says that the request comes from a page of this scheme, host and port.

    The first of `Origin`, `Sec-Fetch-Site` and `Referer` that is sent decides. A page of another site can forge none of
    them; browsers send `Origin` with every POST since 2020.
    """
    own = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin == own
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return _origin_of(request.headers.get("Referer", "")) == own


def _origin_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
