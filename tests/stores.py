"""A Redis that test processes share: none flushes what another has in it."""

from typing import Any

from community.common.redis_cache import TolerantRedisCache

_generation = 0


def next_generation() -> None:
    """Abandon all keys of earlier tests."""
    global _generation
    _generation += 1


def make_key(key: str, key_prefix: str, version: int) -> str:
    return f"{key_prefix}:{_generation}:{version}:{key}"


class OwnKeys(TolerantRedisCache):
    """A cache that is emptied for its own process alone."""

    def clear(self, *args: Any, **kwargs: Any) -> bool:
        next_generation()
        return True
