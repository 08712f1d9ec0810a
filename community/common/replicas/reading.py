"""Which database the queries of a request read from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse

from community.common import page_cache
from community.common.replicas import freshness
from community.common.replicas.own_writes import has_just_written

logger = structlog.get_logger(__name__)

_reading: ContextVar[str] = ContextVar("reading_alias", default=DEFAULT_DB_ALIAS)


def reading_alias() -> str:
    """Return the alias of the database that queries read from now."""
    alias = _reading.get()
    if alias == DEFAULT_DB_ALIAS or page_cache.is_recording() or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return DEFAULT_DB_ALIAS
    return alias


def from_replica[View: Callable[..., Any]](view: View) -> View:
    """Let a view of lists read from a replica. When it is lost on the way, the view is called again on the primary."""

    @wraps(view)
    def read(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        alias = _alias_for(request)
        if alias is None:
            return view(request, *args, **kwargs)
        try:
            with _reads_from(alias):
                return view(request, *args, **kwargs)
        except freshness.GONE as error:
            logger.warning("a replica was lost", replica=alias, error=str(error))
            connections[alias].close()
            freshness.replica(alias).lost()
            return view(request, *args, **kwargs)

    return read  # type: ignore[return-value]


def _alias_for(request: HttpRequest) -> str | None:
    if not settings.REPLICAS or request.method not in ("GET", "HEAD") or page_cache.is_recording():
        return None
    if has_just_written(request):
        return None
    bool(request.user)  # session and person are read from the primary, before the view
    return freshness.fresh_alias()


@contextmanager
def _reads_from(alias: str) -> Iterator[None]:
    token = _reading.set(alias)
    try:
        yield
    finally:
        _reading.reset(token)
