"""Redis cache that tolerates an outage."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError, RedisError, TimeoutError

from community.common.pauses import pause_of

logger = structlog.get_logger(__name__)


def _or(fallback: Callable[..., Any]) -> Callable:
    """Return the fallback and log it while Redis is unreachable, full or loading.

    After one that did not answer, a page reads and writes a few more: it waits for the first.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def tolerant(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
            pause = pause_of(f"cache {self._servers}")  # type: ignore[attr-defined]
            if pause.is_on:
                return fallback(*args, **kwargs)
            try:
                return method(self, *args, **kwargs)
            except (RedisError, OSError) as error:
                if isinstance(error, ConnectionError | TimeoutError | OSError):
                    pause.begin()
                logger.warning("the cache is away", act=method.__name__, error=str(error))
                return fallback(*args, **kwargs)

        return tolerant

    return decorate


class TolerantRedisCache(RedisCache):
    """Cache backend that treats Redis errors as misses: reads find nothing, writes do nothing."""

    get = _or(lambda key, default=None, version=None: default)(RedisCache.get)
    get_many = _or(lambda *args, **kwargs: {})(RedisCache.get_many)
    has_key = _or(lambda *args, **kwargs: False)(RedisCache.has_key)
    add = _or(lambda *args, **kwargs: True)(RedisCache.add)
    set = _or(lambda *args, **kwargs: None)(RedisCache.set)
    set_many = _or(lambda data, *args, **kwargs: list(data))(RedisCache.set_many)
    touch = _or(lambda *args, **kwargs: False)(RedisCache.touch)
    delete = _or(lambda *args, **kwargs: False)(RedisCache.delete)
    delete_many = _or(lambda *args, **kwargs: None)(RedisCache.delete_many)
    incr = _or(lambda key, delta=1, version=None: delta)(RedisCache.incr)
    clear = _or(lambda *args, **kwargs: False)(RedisCache.clear)
