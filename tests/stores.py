"""Caches of tests: a Redis that test processes share, where none flushes what another has in it, and one in memory."""

from typing import Any

from django.core.cache.backends.locmem import LocMemCache

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


class Local(LocMemCache):
    """A cache that is emptied between tests, but for the rendered reference: its key says what it was made from."""

    reference: dict[str, Any] = {}

    def set(self, key: str, value: Any, *args: Any, **kwargs: Any) -> None:
        if key.startswith("config-reference-"):
            self.reference[key] = value
        super().set(key, value, *args, **kwargs)

    def clear(self) -> None:
        super().clear()
        for key, value in self.reference.items():
            super().set(key, value)
