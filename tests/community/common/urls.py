"""Views with the mistakes that the middleware must handle."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from community import urls as site
from community.common.errors import Conflict, Invalid, NotFound
from community.common.pagination import read_cursor
from community.common.ratelimit import Limit, limited


class ThreadLocked(Conflict):
    pass


def locked(request: HttpRequest) -> HttpResponse:
    raise ThreadLocked("This thread is locked.")


def invalid(request: HttpRequest) -> HttpResponse:
    raise Invalid(fields={"title": ["Too long."]})


def hidden(request: HttpRequest) -> HttpResponse:
    raise NotFound


def nul(request: HttpRequest) -> HttpResponse:
    raise ValueError("A string literal cannot contain NUL (0x00) characters.")


def surrogate(request: HttpRequest) -> HttpResponse:
    return HttpResponse("\ud800".encode())


def bug(request: HttpRequest) -> HttpResponse:
    raise ValueError("an ordinary bug")


def show(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.LANGUAGE_CODE} {request.theme}")


def cursor(request: HttpRequest) -> HttpResponse:
    return HttpResponse(repr(read_cursor(request.GET["after"], ("-pk",))))


@limited(Limit("test-twice", "2/minute"))
def twice(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


@limited(Limit("test-async", "1/minute"))
async def twice_async(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


handler400, handler403, handler404, handler500 = (
    site.handler400,
    site.handler403,
    site.handler404,
    site.handler500,
)

urlpatterns = [
    path("test/locked/", locked),
    path("api/test/locked/", locked),
    path("test/invalid/", invalid),
    path("test/nul/", nul),
    path("test/hidden/", hidden),
    path("test/surrogate/", surrogate),
    path("test/bug/", bug),
    path("test/show/", show),
    path("test/cursor/", cursor),
    path("test/twice/", twice),
    path("test/twice-async/", twice_async),
    *site.urlpatterns,
]
