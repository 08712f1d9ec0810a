"""Task delivery through Celery on Redis.

A task is first a row, written in the caller's transaction; its id is sent after the commit, and a worker claims the
row. When Redis is unavailable or loses messages, `sweep` resends them once it is back.

    celery -A community.common.tasks_celery worker --beat --schedule var/celerybeat-schedule
"""

import os
from datetime import timedelta
from functools import partial

import structlog
from celery import Celery
from celery.exceptions import OperationalError as CeleryError
from django.conf import settings
from django.db import transaction
from django.tasks.signals import task_enqueued
from django.utils import timezone
from django_tasks_db.backend import DatabaseBackend
from kombu.exceptions import OperationalError as BrokerError
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as kombu_redis
from redis.exceptions import RedisError

from community.common.connections import close_stale
from community.common.pauses import pause_of

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings.production")

logger = structlog.get_logger(__name__)

QUEUE = "chainrule-jobs"
SWEEP_SECONDS = 5
SWEEP_ROWS = 200
GONE = (CeleryError, BrokerError, RedisError, OSError)


class Slots(kombu_redis.QoS):
    """The messages that a worker has taken and not acknowledged: it takes no others while there are too many.

    An acknowledgement that does not reach Redis frees its place all the same; otherwise the worker, which only logs the
    failure, would take no job until it is restarted. The message comes again, and finds that its row is done.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        except GONE:
            self._quick_ack(delivery_tag)
            raise


class Channel(kombu_redis.Channel):
    QoS = Slots


class Transport(kombu_redis.Transport):
    Channel = Channel


TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), f"{__name__}:Transport"))
app = Celery("chainrule")
app.conf.update(
    broker_url=getattr(settings, "CELERY_BROKER_URL", "redis://"),
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "socket_connect_timeout": 0.5,
        "socket_timeout": 1,
        "global_keyprefix": f"{getattr(settings, 'REDIS_PREFIX', 'chainrule')}:",
    },
    task_default_queue=QUEUE,
    task_ignore_result=True,
    worker_hijack_root_logger=False,
    worker_prefetch_multiplier=1,
    timezone="UTC",
    beat_schedule={"sweep": {"task": "chainrule.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": 30}}},
)


class CeleryBackend(DatabaseBackend):
    """`django.tasks` backend: rows in the database, ids through Celery."""

    def enqueue(self, task, args, kwargs):
        self.validate_task(task)
        row = self._task_to_db_task(task, args, kwargs)
        result = row.task_result
        task_enqueued.send(type(self), task_result=result)
        if task.run_after is None:
            transaction.on_commit(partial(send, str(row.pk)), robust=True)
        return result

    async def aenqueue(self, task, args, kwargs):
        from asgiref.sync import sync_to_async

        return await sync_to_async(self.enqueue, thread_sensitive=True)(task, args, kwargs)


def send(pk: str) -> bool:
    """Send one row's id; log it and return False when Redis is unavailable, without asking again in a pause."""
    pause = pause_of("jobs")
    if pause.is_on:
        return False
    try:
        run_row.apply_async((pk,), retry=False)
    except GONE as error:
        pause.begin()
        logger.warning("a job waits in the database because Redis is away", job=pk, error=str(error))
        return False
    return True


@app.task(name="chainrule.do_row")
def run_row(pk: str) -> None:
    """Run one job if it is still queued."""
    from community.common.jobs import rows

    close_stale()
    rows.run(pk, rows.worker_name())
    close_stale()


@app.task(name="chainrule.sweep")
def sweep() -> int:
    """Resend lost and due jobs; return how many."""
    from community.common.housekeeping import run_all

    close_stale()
    run_all()
    if waiting_messages() >= SWEEP_ROWS:
        return 0
    return sum(send(str(pk)) for pk in overdue_rows())


def overdue_rows() -> list:
    """Return rows that are overdue."""
    from django_tasks_db.models import DBTaskResult

    too_long_ago = timezone.now() - timedelta(seconds=SWEEP_SECONDS)
    waiting = DBTaskResult.objects.ready().filter(enqueued_at__lt=too_long_ago)
    return list(waiting.values_list("pk", flat=True)[:SWEEP_ROWS])


def waiting_messages() -> int:
    """Return the number of messages queued in Redis."""
    with app.connection_for_read() as connection:
        return connection.default_channel._size(QUEUE)
