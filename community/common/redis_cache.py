"""Redis cache that tolerates an outage."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)


def _or(fallback: Callable[..., Any]) -> Callable:
    """Return the fallback and log it while Redis is unreachable, full or loading."""

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def tolerant(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
            try:
                return method(self, *args, **kwargs)
            except (RedisError, OSError) as error:
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
