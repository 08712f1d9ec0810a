"""Rate limit decorator for views."""

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from inspect import iscoroutinefunction
from types import MappingProxyType

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase

from community.common.ratelimit.limit import Limit
from community.common.ratelimit.shared import SharedLimit

WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def limited(
    limit: Limit | SharedLimit,
    methods: Collection[str] = WRITING,
    *,
    instead: Mapping[str, Limit] = MappingProxyType({}),
) -> Callable:
    """Count each request with one of the methods before the view, sync or async, runs.

    `instead` names buttons of a form, such as *Preview*, that count against a limit of their own. A view that names one
    does nothing else when it was pressed.
    """

    def of(request: HttpRequest) -> Limit | SharedLimit:
        return next((other for button, other in instead.items() if button in request.POST), limit)

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable:
        if iscoroutinefunction(view):

            @wraps(view)
            async def counted_async(request: HttpRequest, *args, **kwargs):
                if request.method in methods:
                    await sync_to_async(of(request).hit)(request)
                return await view(request, *args, **kwargs)

            return counted_async

        @wraps(view)
        def counted(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
            if request.method in methods:
                of(request).hit(request)
            return view(request, *args, **kwargs)

        return counted

    return decorate
