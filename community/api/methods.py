"""HEAD and OPTIONS support for API URLs, which ninja lacks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponseBase]
Urls = tuple[list[URLResolver | URLPattern], str, str]


def with_head_and_options(urls: Urls) -> Urls:
    """Return an API's URL patterns with HEAD and OPTIONS added."""
    patterns, _app_name, _namespace = urls
    for pattern in patterns:
        pattern.callback = _answering_all(pattern.callback)  # type: ignore[arg-type]  # a view, in all of ninja's
    return urls


def _answering_all(view: View) -> View:
    @csrf_exempt  # like all ninja views: requests authenticate by token, not by cookie
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "HEAD":
            return _head(view, request, *args, **kwargs)
        response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        allowed = _allowed(response)
        return (
            HttpResponse(status=204, headers={"Allow": allowed}) if request.method == "OPTIONS" else _refused(allowed)
        )

    return answered


def _head(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Return the response to GET with its length but without its body."""
    request.method = "GET"
    try:
        response = view(request, *args, **kwargs)
    finally:
        request.method = "HEAD"
    if isinstance(response, HttpResponseNotAllowed):
        return _refused(_allowed(response))
    if isinstance(response, HttpResponse):
        response["Content-Length"] = str(len(response.content))
        response.content = b""
    return response


def _refused(allowed: str) -> HttpResponse:
    return HttpResponseNotAllowed(allowed.split(", "))


def _allowed(response: HttpResponseNotAllowed) -> str:
    methods = {method.strip() for method in response["Allow"].split(",")}
    return ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))
