"""Detection of a full disk and an unavailable database."""

from __future__ import annotations

import errno

from django.db import DatabaseError, InterfaceError, OperationalError

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# SQLite's and PostgreSQL's messages for a full disk.
NO_ROOM_WORDS = ("database or disk is full", "disk I/O error", "No space left on device", "could not extend file")


def is_disk_full(error: BaseException) -> bool:
    if isinstance(error, DatabaseError):
        return any(words in str(error) for words in NO_ROOM_WORDS)
    return isinstance(error, OSError) and error.errno in NO_ROOM


def is_database_away(error: BaseException | None) -> bool:
    """Return whether the database was unreachable or timed out, rather than the request being wrong."""
    return isinstance(error, OperationalError | InterfaceError)
