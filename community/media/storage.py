"""Content-addressed file storage."""

from __future__ import annotations

import secrets
from pathlib import Path

from django.core.files.storage import default_storage


def store_once(path: str, content: bytes) -> None:
    """Write a file under MEDIA_ROOT unless it exists. Atomic, also for concurrent writers.

    Raises OSError and leaves nothing behind.
    """
    target = Path(default_storage.path(path))
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(f".{secrets.token_hex(8)}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(target)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
