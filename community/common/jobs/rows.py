"""Claiming, running, requeueing and deleting rows of the task queue."""

import os
import socket
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db.models import Q
from django.tasks import Task, TaskContext, TaskResultStatus
from django.tasks.signals import task_finished, task_started
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

logger = structlog.get_logger(__name__)

LONGEST_JOB = timedelta(minutes=10)
KEPT = timedelta(days=7)
ATTEMPTS = 3
# While a release is rolled out, old workers meet jobs of the new code.
UNKNOWN_AGAIN = timedelta(seconds=10)
UNKNOWN_AT_MOST = timedelta(hours=1)


def worker_name() -> str:
    """Return a name that identifies this process and machine."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def next_due() -> DBTaskResult | None:
    """Return the next due row; another worker may still claim it first."""
    return DBTaskResult.objects.ready().first()


def is_pending(task: Task, *, at_most: timedelta) -> bool:
    """Return whether a job of this task waits or runs. One that runs for longer than it can has lost its worker."""
    runs = Q(status=TaskResultStatus.RUNNING, started_at__gt=timezone.now() - at_most)
    rows = DBTaskResult.objects.filter(runs | Q(status=TaskResultStatus.READY), task_path=task.module_path)
    return rows.exists()


def run(pk: UUID | str, worker: str) -> bool:
    """Run the job unless another worker has claimed it; return whether it ran."""
    claimed = DBTaskResult.objects.ready().filter(pk=pk)
    row = claimed.first()
    if row is None:
        return False
    row.status, row.started_at = TaskResultStatus.RUNNING, timezone.now()
    row.worker_ids = [*row.worker_ids, worker]
    if not claimed.update(status=row.status, started_at=row.started_at, worker_ids=row.worker_ids):
        return False
    if _is_known(row):
        _do(row)
    else:
        _put_back(row)
    return True


def requeue_stale() -> int:
    """Requeue jobs whose worker died or that ran for too long; fail them after three attempts."""
    taken = 0
    for row in DBTaskResult.objects.running():
        if _is_alive(row):
            continue
        again = len(row.worker_ids) < ATTEMPTS
        change = (
            {"status": TaskResultStatus.READY}
            if again
            else {"status": TaskResultStatus.FAILED, "finished_at": timezone.now(), "traceback": "Its worker died."}
        )
        taken += DBTaskResult.objects.filter(
            pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at
        ).update(**change)
    return taken


def delete_finished() -> int:
    """Delete jobs that finished long ago."""
    deleted, _by_model = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEPT).delete()
    return deleted


def _is_known(row: DBTaskResult) -> bool:
    """Return whether this release has the job, or should have had it by now."""
    try:
        return row.task is not None
    except ImportError:
        return row.enqueued_at < timezone.now() - UNKNOWN_AT_MOST


def _put_back(row: DBTaskResult) -> None:
    """Leave a job to a worker of another release; it counts as no attempt."""
    logger.info("a job names code that is not here", job=row.task_path)
    row.status, row.run_after, row.worker_ids = (
        TaskResultStatus.READY,
        timezone.now() + UNKNOWN_AGAIN,
        row.worker_ids[:-1],
    )
    row.save(update_fields=["status", "run_after", "worker_ids"])


def _do(row: DBTaskResult) -> None:
    try:
        task, result = row.task, row.task_result
        sender = type(task.get_backend())
        task_started.send(sender=sender, task_result=result)
        before: tuple[Any, ...] = (TaskContext(task_result=result),) if task.takes_context else ()
        row.set_successful(task.call(*before, *result.args, **result.kwargs))
    except Exception as error:
        logger.exception("job failed", job=row.task_path)
        row.set_failed(error)
    _announce_end(row)


def _announce_end(row: DBTaskResult) -> None:
    try:
        task_finished.send(sender=type(row.task.get_backend()), task_result=row.task_result)
    except (ImportError, SuspiciousOperation):
        logger.warning("a job names code that is not there", job=row.task_path)


def _is_alive(row: DBTaskResult) -> bool:
    """Return whether the row's worker may still be running it."""
    if row.started_at is None or row.started_at < timezone.now() - LONGEST_JOB:
        return False
    host, _colon, pid = (row.worker_ids or [""])[-1].partition(":")
    if host != socket.gethostname()[:40] or not pid.isdigit():
        return True
    return int(pid) == os.getpid() or _process_exists(int(pid))


def _process_exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
