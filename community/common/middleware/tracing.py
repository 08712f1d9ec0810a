"""Request ids, in log lines and in responses."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from structlog.contextvars import bind_contextvars, unbind_contextvars

logger = structlog.get_logger("community.request")

TRUSTED_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestTrace:
    """Bind `request_id` to the log, send it as X-Request-ID, and write one access log line per request."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.id = request_id(request.META.get("HTTP_X_REQUEST_ID", ""))  # type: ignore[attr-defined]
        bind_contextvars(request_id=request.id)  # type: ignore[attr-defined]
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request.id  # type: ignore[attr-defined]
            log(request.method or "", request.path, response.status_code, time.perf_counter() - began)
            return response
        finally:
            unbind_contextvars("request_id")


def request_id(given: str) -> str:
    """Return the id that a trusted proxy has given the request, or a new one."""
    if settings.TRUSTED_PROXIES and TRUSTED_ID.fullmatch(given):
        return given
    return uuid.uuid4().hex


def log(method: str, path: str, status: int, seconds: float) -> None:
    say = logger.error if status >= 500 else logger.info
    say("request", method=method, path=path, status=status, milliseconds=round(seconds * 1000, 1))
