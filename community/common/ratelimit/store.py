"""Counter storage: memory, an SQLite file, or Redis, as RATELIMIT_STORAGE says."""

from functools import cache

import redis
from django.conf import settings
from django.core.signals import setting_changed
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from community.common.ratelimit.sqlite import SQLiteStorage

StoreGone = (StorageError, redis.RedisError, OSError)

__all__ = ["SQLiteStorage", "StoreGone", "limiter"]


@cache
def limiter() -> FixedWindowRateLimiter:
    """Return this process's limiter on the shared counters."""
    options = {"key_prefix": settings.RATELIMIT_PREFIX} if settings.RATELIMIT_STORAGE.startswith("redis") else {}
    storage = storage_from_string(settings.RATELIMIT_STORAGE, wrap_exceptions=True, **options)
    return FixedWindowRateLimiter(storage)


def _forget_limiter(*, setting: str, **kwargs: object) -> None:
    if setting == "RATELIMIT_STORAGE":
        limiter.cache_clear()


setting_changed.connect(_forget_limiter)
