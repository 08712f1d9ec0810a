"""Database connections of processes that live long."""

from asgiref.sync import SyncToAsync, sync_to_async
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


async def release_thread() -> None:
    """Give this request's connection back and end its thread: what follows needs neither, for up to ten minutes.

    A later thread-sensitive call of the request gets a new thread. asgiref has no public way to end the old one.
    """
    await sync_to_async(give_back, thread_sensitive=True)()
    context = SyncToAsync.thread_sensitive_context.get(None)
    executor = SyncToAsync.context_to_thread_executor.pop(context, None) if context else None
    if executor is not None:
        executor.shutdown(wait=False)
