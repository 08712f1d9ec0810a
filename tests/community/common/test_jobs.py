import os
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from kombu.transport.redis import QoS
from redis.exceptions import TimeoutError as RedisTimeout

from community.common import pauses, readiness, tasks_celery
from community.common.jobs import heartbeat, rows
from tests.community.common.jobs_tasks import count, fail, tell_id

pytestmark = [pytest.mark.both, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def rows_in_the_database(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}


def only_row() -> DBTaskResult:
    return DBTaskResult.objects.get()


def times_done(key: str) -> int:
    return cache.get(key, 0)


def test_a_job_is_done_once_however_often_it_is_delivered():
    count.enqueue("k")
    assert [rows.run(only_row().pk, "a:1"), rows.run(only_row().pk, "b:2")] == [True, False]
    assert times_done("k") == 1
    assert (only_row().status, only_row().worker_ids) == (TaskResultStatus.SUCCESSFUL, ["a:1"])


def test_a_failing_job_is_kept_with_its_reason():
    fail.enqueue()
    rows.run(only_row().pk, "a:1")
    assert only_row().status == TaskResultStatus.FAILED
    assert "RuntimeError: on purpose" in only_row().traceback


def test_a_job_may_ask_for_its_context():
    tell_id.enqueue()
    rows.run(only_row().pk, "a:1")
    assert only_row().return_value == str(only_row().pk)


def test_a_job_waits_for_its_time():
    count.using(run_after=timezone.now() + timedelta(hours=1)).enqueue("k")
    assert rows.next_due() is None
    assert rows.run(only_row().pk, "a:1") is False


def test_a_job_of_the_next_release_waits_for_a_worker_that_knows_it():
    count.enqueue("k")
    known = only_row().task_path
    DBTaskResult.objects.update(task_path="community.common.tasks_of_tomorrow.count")
    for _worker in range(rows.ATTEMPTS + 1):
        assert rows.run(only_row().pk, "old:1")
        assert only_row().status == TaskResultStatus.READY and only_row().run_after > timezone.now()
        DBTaskResult.objects.update(run_after=timezone.now())
    DBTaskResult.objects.update(task_path=known)
    assert rows.run(only_row().pk, "new:1")
    assert (only_row().status, only_row().worker_ids, times_done("k")) == (TaskResultStatus.SUCCESSFUL, ["new:1"], 1)


def test_a_job_that_no_worker_has_known_for_an_hour_has_failed():
    count.enqueue("k")
    DBTaskResult.objects.update(
        task_path="community.common.tasks_of_yesterday.count", enqueued_at=timezone.now() - rows.UNKNOWN_AT_MOST * 1.1
    )
    assert rows.run(only_row().pk, "new:1")
    assert only_row().status == TaskResultStatus.FAILED and "tasks_of_yesterday" in only_row().traceback


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def running(worker: str, ago: timedelta = timedelta(0), tries: int = 1) -> None:
    count.enqueue("k")
    DBTaskResult.objects.update(
        status=TaskResultStatus.RUNNING, started_at=timezone.now() - ago, worker_ids=[worker] * tries
    )


def test_what_died_with_its_worker_is_done_again():
    running(f"{socket.gethostname()[:40]}:{dead_pid()}")
    assert rows.requeue_stale() == 1
    assert rows.run(only_row().pk, "b:2")
    assert times_done("k") == 1


@pytest.mark.parametrize(
    "worker", [f"{socket.gethostname()[:40]}:{os.getpid()}", "elsewhere:1"], ids=["here", "elsewhere"]
)
def test_what_may_still_be_running_is_left_alone(worker):
    running(worker)
    assert rows.requeue_stale() == 0


def test_what_runs_for_too_long_elsewhere_is_taken_back():
    running("elsewhere:1", ago=rows.LONGEST_JOB + timedelta(seconds=1))
    assert rows.requeue_stale() == 1


def test_a_job_that_kills_its_workers_is_given_up():
    running("elsewhere:1", ago=rows.LONGEST_JOB * 2, tries=rows.ATTEMPTS)
    assert rows.requeue_stale() == 1
    assert only_row().status == TaskResultStatus.FAILED


def test_old_ends_are_forgotten_and_young_ones_kept():
    count.enqueue("k")
    rows.run(only_row().pk, "a:1")
    assert rows.delete_finished() == 0
    DBTaskResult.objects.update(finished_at=timezone.now() - rows.KEPT - timedelta(hours=1))
    assert rows.delete_finished() == 1


def test_the_worker_does_all_that_waits_and_shows_that_it_lives():
    for _ in range(3):
        count.enqueue("k")
    signals = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        call_command("job_worker", "--batch")
    finally:
        for number, handler in signals.items():
            signal.signal(number, handler)
    assert times_done("k") == 3
    assert heartbeat.is_fresh()
    assert readiness.report()["workers"] is True


def test_without_a_worker_the_site_is_not_ready(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["workers"] == "down"
    assert answer.json()["database"] == "ok"


def test_a_load_balancer_asks_for_what_is_of_this_host(client):
    answer = client.get("/readyz?exclude=workers&exclude=training")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "database": "ok", "renderer": "ok"})


def test_the_process_is_alive_without_any_of_them(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


class TestCelery:
    """Ids through Celery; the rows are authoritative."""

    @pytest.fixture(autouse=True)
    def backend(self, settings):
        settings.TASKS = {"default": {"BACKEND": "community.common.tasks_celery.CeleryBackend", "QUEUES": []}}
        tasks_celery.app.conf.task_always_eager = True
        yield
        tasks_celery.app.conf.task_always_eager = False

    def test_an_id_travels_after_the_commit(self, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            count.enqueue("k")
            assert times_done("k") == 0
        assert times_done("k") == 1

    def test_a_rolled_back_act_sends_nothing(self, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks() as callbacks:
            count.enqueue("k")
        assert len(callbacks) == 1
        assert times_done("k") == 0

    def test_the_act_goes_on_when_redis_is_away(self, monkeypatch, django_capture_on_commit_callbacks):
        def away(*args, **kwargs):
            asked.append(args)
            raise tasks_celery.BrokerError("refused")

        asked: list = []
        monkeypatch.setattr(pauses, "PAUSE_SECONDS", 600)
        monkeypatch.setattr(tasks_celery.run_row, "apply_async", away)
        with django_capture_on_commit_callbacks(execute=True):
            count.enqueue("k")
        assert only_row().status == TaskResultStatus.READY
        assert not tasks_celery.send("another")
        assert len(asked) == 1, "the next one waits for the sweep, not for Redis"

    def test_the_sweep_sends_what_was_left_behind(self, monkeypatch):
        monkeypatch.setattr(tasks_celery, "waiting_messages", lambda: 0)
        count.enqueue("k")
        assert tasks_celery.sweep() == 0, "it was only just written"
        DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=1))
        assert tasks_celery.sweep() == 1
        assert times_done("k") == 1

    def test_the_sweep_waits_while_workers_are_behind(self, monkeypatch):
        monkeypatch.setattr(tasks_celery, "waiting_messages", lambda: tasks_celery.SWEEP_ROWS)
        count.enqueue("k")
        DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=1))
        assert tasks_celery.sweep() == 0


def test_an_acknowledgement_that_does_not_arrive_keeps_no_place_from_the_next_message(monkeypatch):
    assert tasks_celery.app.connection_for_read().transport.Channel.QoS is tasks_celery.Slots
    slots = tasks_celery.Slots(SimpleNamespace(do_restore=False), prefetch_count=1)
    slots._delivered["one"] = object()
    monkeypatch.setattr(QoS, "_remove_from_indices", Mock(side_effect=RedisTimeout))
    assert not slots.can_consume()
    with pytest.raises(RedisTimeout):
        slots.ack("one")
    assert slots.can_consume()
