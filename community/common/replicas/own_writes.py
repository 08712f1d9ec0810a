"""The mark of somebody who has just written, and therefore reads from the primary.

It is a signed cookie, which every host understands, and needs no session.
"""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

COOKIE = "wrote"
SECONDS = 10
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class OwnWrites(MiddlewareMixin):
    """Mark browsers that have sent anything but a safe request. Not in use without replicas."""

    def __init__(self, get_response) -> None:
        if not settings.REPLICAS:
            raise MiddlewareNotUsed
        super().__init__(get_response)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.method not in SAFE:
            response.set_signed_cookie(
                COOKIE,
                "1",
                max_age=SECONDS,
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        return response


def has_just_written(request: HttpRequest) -> bool:
    return request.get_signed_cookie(COOKIE, default=None, max_age=SECONDS) is not None
