"""Answers from kept pages, for the middleware and for the shortcut before it."""

from __future__ import annotations

import time
from collections.abc import Hashable

from django.conf import settings

from community.common.changes.log import CHANGES
from community.common.encodings import accepts_gzip
from community.common.page_cache.store import KeptPage, Store

# Made for each answer.
OWN_HEADERS = frozenset({"Content-Length", "Content-Encoding", "ETag", "X-Request-ID"})

STORE: Store[KeptPage] = Store(settings.PAGE_CACHE_BYTES)

type Headers = list[tuple[str, str]]


def key(scheme: str, host: str, path: str, query: str, choices: tuple[str, ...]) -> Hashable:
    return scheme, host, path, query, choices


def current(key: Hashable) -> KeptPage | None:
    """Return the kept page if nothing it depends on has changed, as far as this process has read the log.

    One of which only a part has changed stays for `renewed`.
    """
    page = STORE.get(key)
    if page is None:
        return None
    if not _is_current(page):
        STORE.drop(key)
        return None
    return page if all(part.is_current() for part in page.parts) else None


def renewed(key: Hashable) -> KeptPage | None:
    """Return the kept page with its parts made anew, if nothing else that it depends on has changed."""
    page = STORE.get(key)
    return page.renewed() if page is not None and page.parts and _is_current(page) else None


def _is_current(page: KeptPage) -> bool:
    """Return whether nothing outside of its parts has changed."""
    reading = CHANGES.reading
    if time.monotonic() >= page.ends_at:
        return False
    if page.checked != reading and not CHANGES.is_unchanged(page.topics, page.reading):
        return False
    page.checked = reading
    return True


def answer(page: KeptPage, accept_encoding: str, if_none_match: str, *, is_head: bool) -> tuple[int, Headers, bytes]:
    """Return status, headers and body of a kept page; 304 for a reader who has it.

    It is known by its ETag alone: pages change in ways that no date says.
    """
    packed = accepts_gzip(accept_encoding)
    etag = f'"{page.etag}-gz"' if packed else f'"{page.etag}"'
    headers = [*page.headers, ("ETag", etag)]
    if if_none_match and matches(if_none_match, page.etag):
        return 304, [each for each in headers if each[0] != "Content-Type"], b""
    body = page.packed if packed else page.body()
    if packed:
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(body))))
    return 200, headers, b"" if is_head else body


def matches(if_none_match: str, etag: str) -> bool:
    """Compare weakly, and without regard to the encoding."""
    names = (name.strip().removeprefix("W/").strip('"').removesuffix("-gz") for name in if_none_match.split(","))
    return if_none_match.strip() == "*" or etag in names
