"""Expired rows are deleted in batches by the workers of both deployments."""

import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from community.api.models import IdempotentAnswer
from community.common import housekeeping
from community.common.models import KEPT_SECONDS, Change
from tests.factories import PersonFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]


def _session(key: str, *, ends_in: timedelta) -> Session:
    return Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + ends_in)


def _answers(ages: list[timedelta]) -> None:
    owner = PersonFactory()
    for number, age in enumerate(ages):
        at = timezone.now() - age
        IdempotentAnswer.objects.create(owner=owner, key=str(number), body_digest="", status=201, created_at=at)


def test_the_worker_sweeps_ended_sessions_and_old_keys_and_leaves_the_others():
    _session("ended", ends_in=-timedelta(seconds=1))
    _session("alive", ends_in=timedelta(hours=1))
    _answers([timedelta(hours=23), timedelta(hours=25)])
    call_command("job_worker", batch=True)
    assert [row.session_key for row in Session.objects.all()] == ["alive"]
    assert [row.key for row in IdempotentAnswer.objects.all()] == ["0"]


def test_celery_sweeps_them_too(monkeypatch):
    from community.common import tasks_celery

    monkeypatch.setattr(tasks_celery, "waiting_messages", lambda: 0)
    _session("ended", ends_in=-timedelta(seconds=1))
    tasks_celery.sweep()
    assert not Session.objects.exists()


def test_a_sweep_is_short(monkeypatch):
    monkeypatch.setattr(housekeeping, "BATCH", 2)
    for number in range(5):
        _session(f"ended{number}", ends_in=-timedelta(days=1))
    swept = [housekeeping.run_all()["sessions"] for _round in range(4)]
    assert swept == [2, 2, 1, 0]


def test_the_log_of_changes_is_swept_in_many_batches(monkeypatch):
    """A busy site writes more than a batch of it between two sweeps."""
    Change.objects.all().delete()  # that of the migrations is old in a copy of a database that was kept for days
    monkeypatch.setattr(housekeeping, "BATCH", 2)
    old = int(time.time()) - KEPT_SECONDS - 60
    Change.objects.bulk_create([Change(topics="old", xid=0, at=old) for _ in range(7)])
    monkeypatch.setattr(housekeeping, "MOST_BATCHES", 2)
    assert housekeeping.run_all()["changes"] == 4
    monkeypatch.setattr(housekeeping, "MOST_BATCHES", 20)
    assert housekeeping.run_all()["changes"] == 3
