"""Views of paths, each looked for once: a request asks several times, before its session and after it."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.core.signals import setting_changed
from django.http import HttpRequest
from django.urls import ResolverMatch, get_urlconf, resolve

LONGEST_REMEMBERED = 300
"""Characters. Anyone can ask for any number of long paths that have a view."""


def match(path: str) -> ResolverMatch:
    """Return the view of a path, as `resolve` does. Raises Resolver404, which is not remembered."""
    find = _remembered if len(path) <= LONGEST_REMEMBERED else _found
    return find(path, get_urlconf() or settings.ROOT_URLCONF)


class Routed:
    """Mixin of Django's handlers: the view that was found for this path before. The site has one table of routes."""

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        request.resolver_match = match(request.path_info)
        return request.resolver_match


def _found(path: str, urlconf: str) -> ResolverMatch:
    found = resolve(path, urlconf)
    found.tried = None  # the routes before it, for a page of DEBUG: most of the memory of a match
    return found


_remembered = lru_cache(maxsize=4096)(_found)


def _forget(*, setting: str, **_more: object) -> None:
    if setting == "ROOT_URLCONF":
        _remembered.cache_clear()


setting_changed.connect(_forget)
