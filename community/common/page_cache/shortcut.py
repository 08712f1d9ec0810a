"""Kept pages for the ASGI application, without Django's request, middleware, thread or database."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http.cookie import parse_cookie

from community.common.changes.log import CHANGES
from community.common.fragments import HEADER as FRAGMENT
from community.common.middleware import tracing
from community.common.page_cache import answers, keys

# A program, or a script that swaps a part of a page.
NEVER = {"authorization", FRAGMENT.lower()}
NAMES = {
    b"accept-encoding", b"accept-language", b"authorization", b"cookie", b"host", b"if-none-match", b"x-request-id",
    FRAGMENT.lower().encode(),
}  # fmt: skip
_secure_name, SECURE_VALUE = settings.SECURE_PROXY_SSL_HEADER or ("", "")
SECURE = _secure_name.removeprefix("HTTP_").replace("_", "-").lower().encode()


def kept_answer(scope: Mapping[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
    """Return status, headers and body of a page that is kept for this request; None if Django must answer.

    The log of changes must have been read within PAGE_CACHE_SECONDS: otherwise the middleware reads it.
    """
    if scope["method"] not in ("GET", "HEAD") or not len(answers.STORE) or CHANGES.age > settings.PAGE_CACHE_SECONDS:
        return None
    began = time.perf_counter()
    headers = _headers(scope)
    page = _kept(scope, headers) if headers is not None else None
    if page is None or headers is None:
        return None
    asked = (headers.get(name, "") for name in ("accept-encoding", "if-none-match"))
    status, told, body = answers.answer(page, *asked, is_head=scope["method"] == "HEAD")
    told.append(("X-Request-ID", tracing.request_id(headers.get("x-request-id", ""))))
    tracing.log(scope["method"], scope["path"], status, time.perf_counter() - began)
    return status, [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in told], body


def _kept(scope: Mapping[str, Any], headers: dict[str, str]) -> answers.KeptPage | None:
    if NEVER & headers.keys():
        return None
    cookies = parse_cookie(headers["cookie"]) if "cookie" in headers else {}
    choices = keys.choices(cookies, headers.get("accept-language", ""))
    if choices is None:
        return None
    query = scope["query_string"].decode("latin-1")
    return answers.current(answers.key(_scheme(scope, headers), headers.get("host", ""), scope["path"], query, choices))


def _headers(scope: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the headers that matter; None if one of them is sent twice."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name in NAMES or name == SECURE:
            text = name.decode("latin-1")
            if text in found:
                return None
            found[text] = value.decode("latin-1")
    return found


def _scheme(scope: Mapping[str, Any], headers: dict[str, str]) -> str:
    """Return the scheme as `HttpRequest.scheme` does."""
    given = headers.get(SECURE.decode())
    if not SECURE or given is None:
        return scope.get("scheme") or "http"
    return "https" if given.split(",")[0].strip() == SECURE_VALUE else "http"
