"""Kept pages in the cache that all web processes of a site share: made by one, a page serves the others too.

Nothing is ever removed from there. With a page is told which transactions had ended before it was made, and it is sent
only if this process knows of no change since: see `ChangeLog.unchanged_since`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Hashable, Iterator
from functools import cache as once
from hashlib import blake2b

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError

from community.common.changes.log import CHANGES, Snapshot
from community.common.page_cache.answers import STORE
from community.common.page_cache.recording import MAX_SECONDS, Recording
from community.common.page_cache.store import KeptPage

SLOTS_A_MEGABYTE = 64
"""Each page has one slot, by its address, in which another may take its place: a flood of addresses fills no memory."""
MAX_BYTES = 64 * 1024
"""A page that takes more, which is four slots, is kept by each process alone."""
OF_SETTINGS = ("CHAINRULE_", "DJANGO_")
OF_CODE = frozenset({".py", ".html", ".txt", ".mo", ".css", ".js", ".svg"})


def warm() -> None:
    """Read what `release` is made of, a fifth of a second, before the first page."""
    if settings.PAGE_CACHE_IS_SHARED:
        release()


def fetch(key: Hashable) -> KeptPage | None:
    """Return the page that another process has made, and keep it here; None if there is none that is right."""
    if not settings.PAGE_CACHE_IS_SHARED or (found := cache.get(_slot(key))) is None:
        return None
    whose, read, ends_at, headers, packed, etag, topics = found
    seconds = min(ends_at - time.time(), MAX_SECONDS)
    if whose != key or seconds <= 0 or (reading := _reading(topics, Snapshot(*read))) is None:
        return None
    page = KeptPage(headers, packed, etag, topics, reading, time.monotonic() + seconds, checked=reading)
    STORE.put(key, page)
    return page


def offer(key: Hashable, page: KeptPage, made: Recording) -> None:
    """Leave a page, which was made just now, to the other processes."""
    if not settings.PAGE_CACHE_IS_SHARED or made.snapshot is None or page.size > MAX_BYTES:
        return
    seconds = min(page.ends_at - time.monotonic(), MAX_SECONDS)
    sent = (key, tuple(made.snapshot), time.time() + seconds, page.headers, page.packed, page.etag, page.topics)
    cache.set(_slot(key), sent, timeout=max(1, round(seconds)))


def _reading(topics: frozenset[str], read: Snapshot) -> int | None:
    """Return the reading up to which the topics have not changed. Who made the page may know more than this process."""
    try:
        if CHANGES.snapshot is not None and not read.is_before(CHANGES.snapshot):
            CHANGES.catch_up()
    except DatabaseError:  # the view meets it too, and its refusal has words and headers
        return None
    return CHANGES.unchanged_since(topics, read)


def _slot(key: Hashable) -> str:
    count = max(1, settings.PAGE_CACHE_BYTES * SLOTS_A_MEGABYTE // 1024**2)
    number = int.from_bytes(blake2b(repr(key).encode(), digest_size=8).digest()) % count
    return f"page:{release()}:{number}"


@once
def release() -> str:
    """Return what tells this code, with its templates, words and settings, from another: each has pages of its own."""
    digest = blake2b(digest_size=12)
    for part in _parts():
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.hexdigest()


def _parts() -> Iterator[bytes]:
    yield sys.version.encode()
    yield repr(sorted(each for each in os.environ.items() if each[0].startswith(OF_SETTINGS))).encode()
    yield (settings.BASE_DIR / "requirements.txt").read_bytes()
    for folder in ("bpsandbox", "community", "templates"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in OF_CODE:
                yield str(path.relative_to(settings.BASE_DIR)).encode()
                yield path.read_bytes()
