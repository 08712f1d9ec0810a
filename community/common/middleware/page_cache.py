"""Answers visitors from the pages kept by this process: see `community.common.page_cache`."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import cast

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import Resolver404

from community.common.changes.log import CHANGES
from community.common.connections import not_waited_for_again
from community.common.fragments import HEADER as FRAGMENT
from community.common.middleware.compression import Compression
from community.common.page_cache import answers, keys
from community.common.page_cache.recording import Recording, recorded, with_parts
from community.common.page_cache.renewable import located
from community.common.page_cache.store import KeptPage, keep
from community.common.page_cache.views import MARK, canonical_query
from community.common.routing import match

# Answered from the kept page, whose view must not see them.
CONDITIONS = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH")
AWAY = (DatabaseError, InterfaceError)


class PageCache:
    """Outside of everything that makes or changes a page, so that a kept page has all its headers.

    A page is made whole and uncompressed, and compressed when it is kept. That of a member, who must see at once what
    they wrote, is made each time, from parts that are right at this moment.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.compression = Compression(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = _shared_query(request) if settings.PAGE_CACHE_BYTES else None
        if query is None:
            return self.get_response(request)
        choices = _choices(request)
        try:
            CHANGES.catch_up(settings.PAGE_CACHE_SECONDS if choices is not None else 0)
        except AWAY as error:  # the view meets it too, and its refusal has words and headers
            with not_waited_for_again(error):
                return self.get_response(request)
        if choices is None:
            with with_parts():
                return self.get_response(request)
        _use_query(request, query)
        key = answers.key(str(request.scheme), request.get_host(), request.path, query, choices)
        asked = {name: request.META.pop(name, "") for name in CONDITIONS}
        made = answers.current(key) or self._renewed(key) or self._made(request, key)
        if isinstance(made, KeptPage):
            return _response(made, asked, request.method == "HEAD")
        request.META |= {name: value for name, value in asked.items() if value}
        return self.compression.process_response(request, made)

    def _renewed(self, key: Hashable) -> KeptPage | None:
        """Return a kept page of which only parts had to be made anew, and keep it."""
        try:
            page = answers.renewed(key)
        except AWAY:  # the view meets it too
            return None
        if page is not None:
            answers.STORE.put(key, page)
        return page

    def _made(self, request: HttpRequest, key: Hashable) -> HttpResponseBase | KeptPage:
        """Make the page, and keep it if it may be."""
        with recorded() as recording:
            response = self.get_response(request)
        if not _may_be_kept(response, recording):
            return response
        body = cast(HttpResponse, response).content
        parts, topics = located(recording.renewable, body), recording.dependencies()
        if parts is None:
            topics = topics.union(*(part.topics for part in recording.renewable))
        headers = [(name, value) for name, value in response.items() if name not in answers.OWN_HEADERS]
        page = keep(headers, body, topics, recording.reading, recording.seconds, parts or (), key)
        answers.STORE.put(key, page)
        return page


def _shared_query(request: HttpRequest) -> str | None:
    """Return the query of a page that may be shared, without what its view does not read."""
    if request.method not in ("GET", "HEAD") or FRAGMENT in request.headers or "Authorization" in request.headers:
        return None
    if len(request.META.get("QUERY_STRING", "")) > keys.MAX_LENGTH or len(request.path) > keys.MAX_LENGTH:
        return None
    try:
        if len(request.get_host()) > keys.MAX_HOST_LENGTH:
            return None
        parameters = getattr(match(request.path_info).func, MARK, None)
        return canonical_query(request, parameters) if parameters is not None else None
    except (Resolver404, SuspiciousOperation):  # refused within, with words and headers
        return None


def _choices(request: HttpRequest) -> tuple[str, ...] | None:
    return keys.choices(request.COOKIES, request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


def _use_query(request: HttpRequest, query: str) -> None:
    if request.META.get("QUERY_STRING", "") != query:
        request.META["QUERY_STRING"] = query
        request.GET = QueryDict(query)  # type: ignore[assignment]


def _may_be_kept(response: HttpResponseBase, recording: Recording) -> bool:
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "no-store" not in response.get("Cache-Control", "")
        and recording.seconds > 0
        and not recording.unwatched
    )


def _response(page: KeptPage, asked: dict[str, str], is_head: bool) -> HttpResponse:
    status, headers, body = answers.answer(page, *(asked[name] for name in CONDITIONS), is_head=is_head)
    response = HttpResponse(body, status=status)
    for name in list(response.headers):
        del response.headers[name]
    for name, value in headers:
        response.headers[name] = value
    return response
