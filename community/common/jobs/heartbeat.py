"""Worker heartbeats in the shared cache, for `/readyz`."""

import time

from django.core.cache import cache

KEY = "heartbeat:jobs"
FRESH_SECONDS = 30


def beat() -> None:
    cache.set(KEY, time.time(), FRESH_SECONDS * 4)


def is_fresh() -> bool:
    """Return whether a job worker was seen within the last 30 seconds."""
    return time.time() - (cache.get(KEY) or 0) < FRESH_SECONDS
