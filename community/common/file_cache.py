"""File cache that tolerates a full disk."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.cache.backends.filebased import FileBasedCache

logger = structlog.get_logger(__name__)


class TolerantFileCache(FileBasedCache):
    """File cache backend that skips writes when the disk is full."""

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        try:
            super().set(key, value, *args, **kwargs)
        except OSError as error:
            logger.warning("the cache cannot be written", error=str(error))

    def touch(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        try:
            return super().touch(key, *args, **kwargs)
        except OSError as error:
            logger.warning("the cache cannot be written", error=str(error))
            return False
