"""Database connections of long-lived processes."""

import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from asgiref.sync import SyncToAsync, sync_to_async
from django.db import DEFAULT_DB_ALIAS, connections


def check_idle(connection: Any) -> None:
    """Check a PostgreSQL connection that a pool is about to hand out. Raises an error if the server has closed it.

    Nothing arrives on an idle connection until the server says goodbye, so only one with something to read is asked.
    Asking each time (psycopg_pool's own check) costs every request a round trip.
    """
    arrived = select.poll()
    arrived.register(connection.fileno(), select.POLLIN)
    if arrived.poll(0):
        connection.execute("")


def close_stale() -> None:
    """Close broken and expired connections, as Django does around a request; not within a transaction."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def close_all() -> None:
    """Close every connection or return it to the pool; not within a transaction."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


@contextmanager
def not_waited_for_again(error: Exception) -> Iterator[None]:
    """Within, raise the error where this thread would wait for a database that it just could not connect to."""
    connection = connections[DEFAULT_DB_ALIAS]

    def refuse() -> NoReturn:
        raise error

    connection.connect = refuse  # type: ignore[method-assign]
    try:
        yield
    finally:
        del connection.connect


def then_close_all[**P, T](query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a query, and close every connection or return it to the pool."""
    try:
        return query(*args, **kwargs)
    finally:
        close_all()


async def release_thread() -> None:
    """Return this request's connection and end its thread, which a stream does not need while it is open.

    A later thread-sensitive call of the request gets a new thread. asgiref has no public API to end the old one.
    """
    await sync_to_async(close_all, thread_sensitive=True)()
    context = SyncToAsync.thread_sensitive_context.get(None)
    executor = SyncToAsync.context_to_thread_executor.pop(context, None) if context else None
    if executor is not None:
        executor.shutdown(wait=False)
