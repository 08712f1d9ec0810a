"""Picture decoding, one at a time per process: a decoded picture takes fifty times the memory of its file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from community.media.errors import DecoderBusy

PATIENCE_SECONDS = 5.0
_decoder = threading.BoundedSemaphore(1)


@contextmanager
def exclusive() -> Iterator[None]:
    """Wait for the decoder. Raises DecoderBusy after a timeout."""
    if not _decoder.acquire(timeout=PATIENCE_SECONDS):
        raise DecoderBusy(retry_after=max(1, round(PATIENCE_SECONDS)))
    try:
        yield
    finally:
        _decoder.release()
