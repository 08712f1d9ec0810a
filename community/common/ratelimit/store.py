"""Counter storage: memory, an SQLite file, or Redis, as RATELIMIT_STORAGE says."""

from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from community.common.ratelimit.sqlite import SQLiteStorage

__all__ = ["SQLiteStorage", "limiter", "outages"]


@cache
def limiter() -> FixedWindowRateLimiter:
    """Return this process's limiter on the shared counters."""
    options: dict[str, Any] = {}
    if settings.RATELIMIT_STORAGE.startswith("redis"):
        waits = {"socket_connect_timeout": settings.REDIS_SECONDS, "socket_timeout": settings.REDIS_SECONDS}
        options = {"key_prefix": settings.RATELIMIT_PREFIX, **waits}
    storage = storage_from_string(settings.RATELIMIT_STORAGE, wrap_exceptions=True, **options)
    return FixedWindowRateLimiter(storage)


def outages() -> tuple[type[Exception], ...]:
    """Return the exceptions of counters that cannot be reached; an `except` asks for them when there is one."""
    if not settings.RATELIMIT_STORAGE.startswith("redis"):
        return StorageError, OSError
    from redis import RedisError  # large, and a site without Redis needs none of it

    return StorageError, RedisError, OSError


def _forget_limiter(*, setting: str, **kwargs: object) -> None:
    if setting in {"RATELIMIT_STORAGE", "REDIS_SECONDS"}:
        limiter.cache_clear()


setting_changed.connect(_forget_limiter)
