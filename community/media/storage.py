"""Where pictures are kept: files named by their content, each written once."""

from __future__ import annotations

import secrets
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage


class StorageAway(OSError):
    """The store of the pictures does not answer."""


class WrittenOnce:
    """Storage whose names say what is in a file: one that exists is the same file."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name


class Folder(WrittenOnce, FileSystemStorage):
    """Pictures in MEDIA_ROOT, for one machine."""

    def _save(self, name: str, content: File) -> str:
        """Write a file unless it exists. Atomic, also for concurrent writers; on OSError nothing is left behind."""
        target = Path(self.path(name))
        if target.exists():
            return name
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(f".{secrets.token_hex(8)}.partial")
        try:
            partial.write_bytes(content.read())
            partial.replace(target)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
        return name


def store_once(path: str, content: bytes) -> None:
    """Store a file unless it is there. Raises OSError."""
    default_storage.save(path, ContentFile(content))


def read(path: str) -> bytes:
    """Return a stored file. Raises FileNotFoundError, StorageAway."""
    with default_storage.open(path) as file:
        return file.read()
