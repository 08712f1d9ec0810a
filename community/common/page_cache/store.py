"""What one process keeps, pages and parts of them, bounded in bytes."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from cachetools import LRUCache

from community.common.encodings import gzipped
from community.common.page_cache.renewable import Renewable, put_in

PROBATION_SHARE = 0.25
OVERHEAD_BYTES = 1500
PART_BYTES = 300
NAME_BYTES = 130
"""What a text takes in a set, besides its letters: a page far inside the latest threads has a name for each day."""


def weight_of(names: Iterable[str]) -> int:
    """Return about how many bytes a set of names takes."""
    return sum(NAME_BYTES + len(name) for name in names)


class Sized(Protocol):
    @property
    def size(self) -> int:
        """About how many bytes it takes."""


@dataclass(slots=True)
class KeptPage:
    """A page as it was sent, compressed. `reading` is the reading of the log of changes before it was made.

    `checked` is the reading after which nothing that it depends on had changed, apart from its `parts`; `key_bytes` is
    what its address takes.
    """

    headers: tuple[tuple[str, str], ...]
    packed: bytes
    etag: str
    topics: frozenset[str]
    reading: int
    ends_at: float
    checked: int = 0
    parts: tuple[Renewable, ...] = ()
    key_bytes: int = 0

    @property
    def size(self) -> int:
        of_parts = sum(PART_BYTES + len(part.html) + weight_of(part.topics) for part in self.parts)
        return len(self.packed) + OVERHEAD_BYTES + self.key_bytes + weight_of(self.topics) + of_parts

    def body(self) -> bytes:
        return gzip.decompress(self.packed)

    def renewed(self) -> KeptPage | None:
        """Return the page with the parts that have changed made anew; None if they cannot be."""
        found = put_in(self.body(), self.parts)
        if found is None:
            return None
        body, parts = found
        return replace(self, packed=gzipped(body), etag=_digest(body), parts=parts)


def keep(
    headers: Sequence[tuple[str, str]],
    body: bytes,
    topics: frozenset[str],
    reading: int,
    seconds: float,
    parts: tuple[Renewable, ...] = (),
    key: Hashable = (),
) -> KeptPage:
    ends_at, key_bytes = time.monotonic() + seconds, len(repr(key).encode(errors="replace"))
    return KeptPage(tuple(headers), gzipped(body), _digest(body), topics, reading, ends_at, reading, parts, key_bytes)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:24]


class Store[Kept: Sized]:
    """Two LRU caches: what is kept is on probation until it is asked for again, so that a crawl or a flood of addresses
    which nobody asks for twice never displaces what people read.
    """

    def __init__(self, max_bytes: int) -> None:
        self._lock = threading.Lock()
        self.resize(max_bytes)

    def resize(self, max_bytes: int) -> None:
        """Empty it and bound it to so many bytes."""
        first = int(max_bytes * PROBATION_SHARE)
        with self._lock:
            self._probation: LRUCache[Hashable, Kept] = LRUCache(first, getsizeof=lambda kept: kept.size)
            self._main: LRUCache[Hashable, Kept] = LRUCache(max_bytes - first, getsizeof=lambda kept: kept.size)

    def __len__(self) -> int:
        return len(self._probation) + len(self._main)

    @property
    def bytes(self) -> float:
        return self._probation.currsize + self._main.currsize

    def get(self, key: Hashable) -> Kept | None:
        with self._lock:
            kept = self._main.get(key)
            if kept is not None:
                return kept
            kept = self._probation.pop(key, None)
            if kept is not None:
                self._put(self._main, key, kept)
            return kept

    def put(self, key: Hashable, kept: Kept) -> None:
        """Keep it. What replaces another stays where that was."""
        with self._lock:
            self._put(self._main if key in self._main else self._probation, key, kept)

    def drop(self, key: Hashable) -> None:
        with self._lock:
            self._probation.pop(key, None)
            self._main.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._probation.clear()
            self._main.clear()

    @staticmethod
    def _put(cache: LRUCache[Hashable, Kept], key: Hashable, kept: Kept) -> None:
        if kept.size <= cache.maxsize:
            cache[key] = kept
