"""The queue and the workers: who waits, for what, and for how long."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from bpsandbox import conf, lifecycle
from bpsandbox.models import Attachment, Run, Worker
from bpsandbox.querysets import database_time

ALIVE_SECONDS = 10
LEASES = 24
"""Times the length of a lease after whose end a run is surely lost: another worker takes it within a few."""
TURN = ("pk", "priority", "network", "quota_key", "started_near", "started_own")


def waiting_before(run: Run) -> int:
    """Count the queued runs that would be claimed before this one if nothing else came."""
    if run.state != lifecycle.QUEUED:
        return 0
    turns = turns_of_queue()
    mine = turns.get(run.pk)
    return sum(turn < mine for turn in turns.values()) if mine else 0


def turns_of_queue() -> dict[int, tuple[int, ...]]:
    """Return each queued run with what it is sorted by; each run moves its requester's later ones back by one."""
    ahead: Counter[str] = Counter()
    turns: dict[int, tuple[int, ...]] = {}
    rows = Run.objects.queued().with_started().order_by("pk")
    for pk, priority, network, key, near, own in rows.values_list(*TURN):
        turns[pk] = (priority, near + ahead[f"net {network}"], own + ahead[key], pk)
        ahead.update([f"net {network}"] * bool(network) + [key] * bool(key))
    return turns


def wanted_by(run_id: int) -> list[tuple[int, str, int | None]]:
    """List the members who requested or joined a run, each with the target of their request.

    Empty for a run that repeats another one.
    """
    run = Run.objects.only("spec", "created_at", "repeats").filter(pk=run_id).first()
    if run is None or run.repeats_id is not None:
        return []
    rows = Attachment.objects.filter(spec=run.spec_id, owner__isnull=False, detached_at=None)
    fresh = rows.filter(created_at__gte=run.created_at - timedelta(seconds=ALIVE_SECONDS))
    return list(fresh.order_by("pk").values_list("owner_id", "target_kind", "target_id"))


def overdue_runs() -> list[int]:
    """Return the runs that started more than twice the time limit ago, or whose lease ended long ago."""
    limit = conf.current()
    begun_long_ago = Q(started_at__lt=database_time(plus=-2 * limit.wall_seconds))
    lost_long_ago = Q(lease_until__lt=database_time(plus=-LEASES * limit.lease_seconds))
    running = Run.objects.filter(state=lifecycle.RUNNING)
    return list(running.filter(begun_long_ago | lost_long_ago).order_by("pk").values_list("pk", flat=True))


def workers_alive() -> int:
    """Count the workers that have reported recently."""
    return Worker.objects.filter(seen_at__gt=timezone.now() - timedelta(seconds=ALIVE_SECONDS)).count()


def queue_length() -> int:
    return Run.objects.queued().count()
