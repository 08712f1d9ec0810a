"""What the machine around us does to a request: recognise a full disk, and a database that is away."""

from __future__ import annotations

import errno

from django.db import DatabaseError, InterfaceError, OperationalError

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# SQLite's words for a disk that takes nothing more, and PostgreSQL's.
NO_ROOM_WORDS = ("database or disk is full", "disk I/O error", "No space left on device", "could not extend file")


def is_no_room(error: BaseException) -> bool:
    if isinstance(error, DatabaseError):
        return any(words in str(error) for words in NO_ROOM_WORDS)
    return isinstance(error, OSError) and error.errno in NO_ROOM


def is_database_away(error: BaseException | None) -> bool:
    """Say whether the database could not be reached, or not in time: nothing is wrong with the request."""
    return isinstance(error, OperationalError | InterfaceError)
