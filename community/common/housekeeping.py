"""Periodic housekeeping, run by whichever worker is free. Each app registers its own tasks."""

from collections.abc import Callable

from django.db.models import QuerySet

from community.common.jobs import heartbeat, rows

BATCH = 500
MOST_BATCHES = 20

type Task = Callable[[], int]

_tasks: dict[str, Task] = {}


def register(name: str, task: Task) -> None:
    """Register a short task that runs every few seconds and returns the number of rows it deleted or changed."""
    _tasks[name] = task


def run_all() -> dict[str, int]:
    """Record the worker's heartbeat, requeue stale jobs and run every housekeeping task once."""
    heartbeat.beat()
    rows.requeue_stale()
    rows.delete_finished()
    return {name: task() for name, task in _tasks.items()}


def delete_batch(stale: QuerySet) -> int:
    """Delete at most BATCH rows, so that the database is never locked for long; the next run continues."""
    keys = list(stale.values_list("pk", flat=True)[:BATCH])
    if not keys:
        return 0
    deleted, _by_model = stale.model._default_manager.filter(pk__in=keys).delete()
    return deleted


def delete_batches(stale: QuerySet) -> int:
    """Delete batch after batch, at most MOST_BATCHES: rows of which more are written than one batch a run."""
    found = 0
    for _ in range(MOST_BATCHES):
        deleted = delete_batch(stale)
        found += deleted
        if deleted < BATCH:
            break
    return found
