"""Answers that are the same for everyone, given before authentication."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import Resolver404

from community.common.routing import match

PREFIXES = ("/avatar/", "/fonts/", "/media/assets/", "/healthz", "/push-worker.js")
MARK = "is_public_file"


def public_file[View: Callable[..., Any]](view: View) -> View:
    """Mark a view that uses no session, account or language."""
    setattr(view, MARK, True)
    return view


class PublicFiles:
    """Serve public files before the session middleware: no query, and no `Vary: Cookie`.

    A missing file falls through to the usual 404 page.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._file(request) or self.get_response(request)

    def _file(self, request: HttpRequest) -> HttpResponseBase | None:
        if request.method not in ("GET", "HEAD") or not request.path_info.startswith(PREFIXES):
            return None
        try:
            request.get_host()  # raises DisallowedHost
            found = match(request.path_info)
            return found.func(request, **found.kwargs) if getattr(found.func, MARK, False) else None
        except (Http404, Resolver404):
            return None
