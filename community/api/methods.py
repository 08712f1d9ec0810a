"""HEAD and OPTIONS support for API URLs, which ninja lacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponseBase]
Stream = Callable[..., Awaitable[HttpResponseBase]]
Urls = tuple[list[URLResolver | URLPattern], str, str]


def with_head_and_options(urls: Urls) -> Urls:
    """Return an API's URL patterns with HEAD and OPTIONS added."""
    patterns, _app_name, _namespace = urls
    for pattern in patterns:
        pattern.callback = _answering_all(pattern.callback)
    return urls


def _answering_all(view: Any) -> Any:
    if iscoroutinefunction(view):
        return csrf_exempt(_answering_all_of_stream(view))

    @csrf_exempt  # like all ninja views: requests authenticate by token, not by cookie
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "HEAD":
            return _head(view, request, *args, **kwargs)
        return _answered(request, view(request, *args, **kwargs))

    return answered


def _answering_all_of_stream(view: Stream) -> Stream:
    @wraps(view)
    async def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        is_head = request.method == "HEAD"
        request.method = "GET" if is_head else request.method
        try:
            response = await view(request, *args, **kwargs)
        finally:
            request.method = "HEAD" if is_head else request.method
        if not (is_head and response.streaming):
            return _answered(request, response)
        response.close()
        return HttpResponse(headers=response.headers)

    return answered


def _answered(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if not isinstance(response, HttpResponseNotAllowed):
        return response
    allowed = _allowed(response)
    return HttpResponse(status=204, headers={"Allow": allowed}) if request.method == "OPTIONS" else _refused(allowed)


def _head(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Return the response to GET with its length but without its body."""
    request.method = "GET"
    try:
        response = view(request, *args, **kwargs)
    finally:
        request.method = "HEAD"
    if isinstance(response, HttpResponseNotAllowed):
        return _refused(_allowed(response))
    if isinstance(response, HttpResponse) and response.status_code != 304:
        response["Content-Length"] = str(len(response.content))
        response.content = b""
    return response


def _refused(allowed: str) -> HttpResponse:
    return HttpResponseNotAllowed(allowed.split(", "))


def _allowed(response: HttpResponseNotAllowed) -> str:
    methods = {method.strip() for method in response["Allow"].split(",")}
    return ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))
