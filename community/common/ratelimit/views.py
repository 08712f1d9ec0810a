"""Rate limit decorator for views."""

from collections.abc import Callable, Collection
from functools import wraps
from inspect import iscoroutinefunction

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase

from community.common.ratelimit.limit import Limit
from community.common.ratelimit.shared import SharedLimit

WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def limited(limit: Limit | SharedLimit, methods: Collection[str] = WRITING) -> Callable:
    """Count each request with one of the methods before the view, sync or async, runs."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable:
        if iscoroutinefunction(view):

            @wraps(view)
            async def counted_async(request: HttpRequest, *args, **kwargs):
                if request.method in methods:
                    await sync_to_async(limit.hit)(request)
                return await view(request, *args, **kwargs)

            return counted_async

        @wraps(view)
        def counted(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
            if request.method in methods:
                limit.hit(request)
            return view(request, *args, **kwargs)

        return counted

    return decorate
