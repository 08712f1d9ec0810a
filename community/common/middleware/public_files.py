"""Files that are the same for everybody are served before anybody is recognised."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

PREFIXES = ("/avatar/", "/fonts/", "/media/assets/")
MARK = "is_public_file"


def public_file[View: Callable[..., Any]](view: View) -> View:
    """Mark a view that asks for no reader: neither session, nor account, nor language."""
    setattr(view, MARK, True)
    return view


class PublicFiles:
    """Stand before the sessions: a file costs no query for them, and no cache is told that it varies by cookie.

    What is not there goes on to the page of all missing addresses.
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
            match = resolve(request.path_info)
            return match.func(request, **match.kwargs) if getattr(match.func, MARK, False) else None
        except (Http404, Resolver404):
            return None
