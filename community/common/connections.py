"""Database connections of processes that live long."""

from django.db import connections


def drop_stale() -> None:
    """Close connections that broke or grew old, as Django does around a request; not within a transaction."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def give_back() -> None:
    """Close every connection, for the pool or for good; not within a transaction."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
