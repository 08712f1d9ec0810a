"""How much one requester may run. Counted in the runs themselves, so that nothing can drift."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from bpsandbox import conf, errors
from bpsandbox.models import PEOPLE, SYSTEM, VISITORS, Run

HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class Quota:
    """Whose runs are counted together, and how many there may be."""

    key: str
    priority: int
    cpu_seconds: float
    seeds: int | None = None
    waiting: int | None = None
    an_hour: int | None = None
    a_day: int | None = None


def quota_of(*, user: Any, address: str, is_system: bool) -> Quota:
    """Return the quota that a wish counts in: a member's own, a network's for visitors, nobody's for the system."""
    settings = conf.current()
    if is_system:
        return Quota(key="", priority=SYSTEM, cpu_seconds=settings.cpu_seconds)
    if user is not None:
        return Quota(
            key=f"user:{user.pk}",
            priority=PEOPLE,
            cpu_seconds=settings.cpu_seconds,
            waiting=settings.member_waiting,
            an_hour=settings.member_runs_an_hour,
            a_day=settings.member_runs_a_day,
        )
    return Quota(
        key=f"net:{network_of(address)}",
        priority=VISITORS,
        cpu_seconds=settings.visitor_cpu_seconds,
        seeds=settings.visitor_seeds,
        waiting=settings.member_waiting,
        an_hour=settings.visitor_runs_an_hour,
    )


def network_of(address: str) -> str:
    """Return the network that visitors of one address share: its /24, or its /64."""
    try:
        parsed = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    width = 24 if parsed.version == 4 else 64
    return str(ipaddress.ip_network((parsed, width), strict=False))


def spend(quota: Quota) -> None:
    """Raise TooManyRuns when one more run does not fit. Call inside the transaction that makes it."""
    if not quota.key:
        return
    take_turns(quota.key)
    runs = Run.objects.filter(quota_key=quota.key)
    if quota.waiting is not None and runs.queued().count() >= quota.waiting + free_slot(runs):
        raise errors.TooManyWaiting(limit=quota.waiting)
    for limit, seconds, refusal in ((quota.an_hour, HOUR, errors.HourlyLimit), (quota.a_day, DAY, errors.DailyLimit)):
        if limit is not None:
            within(runs, limit=limit, seconds=seconds, refusal=refusal)


def free_slot(runs: Any) -> int:
    """A run that nobody is ahead of does not wait long enough to count."""
    return 0 if runs.filter(state=Run.State.RUNNING).exists() else 1


def within(runs: Any, *, limit: int, seconds: int, refusal: type) -> None:
    """Raise the refusal when the last `seconds` have seen `limit` runs; it says when the oldest of them drops out."""
    now = timezone.now()
    recent = runs.filter(created_at__gt=now - timedelta(seconds=seconds)).order_by("-created_at")
    moments: list[datetime] = list(recent.values_list("created_at", flat=True)[:limit])
    if len(moments) >= limit:
        wait = seconds - (now - moments[-1]).total_seconds()
        raise refusal(limit=limit, retry_after=max(1, round(wait)))


def take_turns(key: str) -> None:
    """Let one requester's wishes be counted one after another. SQLite's writers take turns anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"bpsandbox:{key}"])
