"""Limit how much one requester may run. Runs are counted as rows, so no counter can drift."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from django.db import connection
from django.utils import timezone

from bpsandbox import conf, errors
from bpsandbox.models import PEOPLE, SYSTEM, VISITORS, Run

HOUR, DAY = 3600, 86_400


type Refusal = Callable[..., errors.TooManyRuns]
"""Returns the error of a full window, from `limit` and `retry_after`."""


@dataclass(frozen=True)
class Window:
    """At most `limit` runs within a number of seconds."""

    seconds: int
    limit: int
    refusal: Refusal


@dataclass(frozen=True)
class Share:
    """What each requester of a busy network still has: `sure` ones, once all of them together had those of `window`."""

    window: Window
    sure: int


@dataclass(frozen=True)
class Quota:
    """The limits of one requester; `key` identifies whose runs are counted together. None means no limit.

    A visitor's runs are also counted by `network`, because a browser without cookies gets a new key, and so does a
    new account.
    """

    key: str
    priority: int
    cpu_seconds: float
    network: str = ""
    seeds: int | None = None
    waiting: int | None = None
    windows: tuple[Window, ...] = ()
    step_windows: tuple[Window, ...] = ()
    """Worked steps are counted separately from runs, because a reader requests many."""
    network_windows: tuple[Window, ...] = ()
    network_step_windows: tuple[Window, ...] = ()
    share: Share | None = None
    """Keeps a few runs for each visitor of a network, so that the first ones cannot use up those of a class."""
    step_share: Share | None = None
    """The same of worked steps."""
    member: Any = None
    """The member, of whom the host may trust some with more runs: asked only when a new one is counted."""


def quota_of(*, user: Any, owner_key: str, address: str, is_system: bool) -> Quota:
    """Return the quota of a request: a member's, a visitor's, or none for the system.

    An account that the host does not trust yet has the quota of a visitor.
    """
    if is_system:
        return Quota(key="", priority=SYSTEM, cpu_seconds=conf.current().cpu_seconds)
    if is_member(user):
        return member_quota(user)
    network = network_of(address)
    if user is not None:
        return visitor_quota(f"user:{user.pk}", network, errors.UntrustedLimit)
    return visitor_quota(browser_key(owner_key) if owner_key else f"net:{network}", network, errors.VisitorLimit)


def is_member(user: Any) -> bool:
    """Return whether the host gives this account the quota of a member."""
    return user is not None and conf.loaded(conf.current().has_member_quota)(user)


def member_quota(user: Any) -> Quota:
    settings = conf.current()
    return Quota(
        key=f"user:{user.pk}",
        priority=PEOPLE,
        cpu_seconds=settings.cpu_seconds,
        waiting=settings.member_waiting,
        windows=(
            Window(HOUR, settings.member_runs_an_hour, errors.HourlyLimit),
            Window(DAY, settings.member_runs_a_day, errors.DailyLimit),
        ),
        step_windows=(Window(HOUR, settings.steps_an_hour, errors.StepLimit),),
        member=user,
    )


def windows_of(quota: Quota) -> tuple[tuple[Window, ...], str]:
    """Return the windows of runs, and the sentence about who has more. A member whom the host trusts has larger ones;
    another is told what makes one so.
    """
    settings = conf.current()
    if quota.member is None:
        return quota.windows, ""
    if is_trusted(quota.member):
        hour = Window(HOUR, settings.trusted_runs_an_hour, errors.HourlyLimit)
        return (hour, Window(DAY, settings.trusted_runs_a_day, errors.DailyLimit)), ""
    more = more_runs()
    return tuple(replace(each, refusal=partial(each.refusal, more=more)) for each in quota.windows), more


def is_trusted(user: Any) -> bool:
    """Return whether the host gives this member the larger quota."""
    return bool(conf.loaded(conf.current().has_trusted_quota)(user))


def more_runs() -> str:
    """Return the host's sentence about who has the larger quota, in the reader's language; empty without one."""
    settings = conf.current()
    if not settings.trusted_words:
        return ""
    hour, day = settings.trusted_runs_an_hour, settings.trusted_runs_a_day
    return str(conf.loaded(settings.trusted_words)(an_hour=hour, a_day=day))


@dataclass(frozen=True)
class Allowance:
    """The runs of a member or an account: at most so many within each window, and how many of them are used.

    `windows` are (seconds, limit, used); `more` says who has more, empty if this account has as many as any.
    """

    windows: tuple[tuple[int, int, int], ...]
    more: str = ""


def allowance(user: Any) -> Allowance:
    """Return what an account may run and has run: a query for each window."""
    quota = quota_of(user=user, owner_key="", address="", is_system=False)
    now, runs = timezone.now(), Run.objects.whole().filter(quota_key=quota.key)
    windows, more = windows_of(quota)
    used = [runs.filter(created_at__gt=now - timedelta(seconds=each.seconds)).count() for each in windows]
    return Allowance(tuple((each.seconds, each.limit, count) for each, count in zip(windows, used, strict=True)), more)


def visitor_quota(key: str, network: str, refusal: Refusal) -> Quota:
    settings = conf.current()
    return Quota(
        key=key,
        priority=VISITORS,
        cpu_seconds=settings.visitor_cpu_seconds,
        network=network,
        seeds=settings.visitor_seeds,
        waiting=settings.member_waiting,
        windows=(Window(HOUR, settings.visitor_runs_an_hour, refusal),),
        step_windows=(Window(HOUR, settings.steps_an_hour, errors.StepLimit),),
        network_windows=(Window(HOUR, settings.network_runs_an_hour, errors.NetworkLimit),),
        network_step_windows=(Window(HOUR, settings.network_steps_an_hour, errors.StepLimit),),
        share=Share(
            Window(HOUR, settings.network_shared_runs_an_hour, errors.ShareLimit), settings.visitor_sure_runs_an_hour
        ),
        step_share=Share(
            Window(HOUR, settings.network_shared_steps_an_hour, errors.StepShareLimit),
            settings.visitor_sure_steps_an_hour,
        ),
    )


def browser_key(owner_key: str) -> str:
    """Return a hash that identifies a visitor's browser, so that its secret is not stored."""
    return f"browser:{sha256(owner_key.encode()).hexdigest()[:32]}"


def network_of(address: str) -> str:
    """Return the network of an address, or of a network within it: the /24 of IPv4, the /64 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address.partition("/")[0].partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    width = 24 if parsed.version == 4 else 64
    return str(ipaddress.ip_network((parsed, width), strict=False))


def spend(quota: Quota, *, is_step: bool = False) -> None:
    """Raise TooManyRuns if one more run, or worked step, exceeds the quota. Call in the transaction that creates it."""
    if not quota.key:
        return
    for key in sorted({quota.key, quota.network} - {""}):  # in one order, so that no two wait for each other
        serialize(key)
    runs = Run.objects.filter(quota_key=quota.key)
    if quota.waiting is not None and runs.queued().count() >= quota.waiting + next_slot(runs):
        raise errors.TooManyWaiting(limit=quota.waiting)
    near = Run.objects.filter(network=quota.network)
    if is_step:
        check(runs.steps(), near.steps(), quota.step_windows, quota.network_step_windows, quota.step_share)
    else:
        check(runs.whole(), near.whole(), windows_of(quota)[0], quota.network_windows, quota.share)


def next_slot(runs: Any) -> int:
    """Return 1 if none of the runs is training, because the next one then starts soon and is not counted as waiting."""
    return 0 if runs.filter(state=Run.State.RUNNING).exists() else 1


def check(
    own: Any, near: Any, windows: Iterable[Window], network_windows: Iterable[Window], share: Share | None
) -> None:
    """Raise the error of the first limit that one more of a requester's own runs, or of all near them, exceeds."""
    check_windows(own, windows)
    check_windows(near, network_windows)
    if share is not None:
        check_share(own, near, share)


def check_windows(runs: Any, windows: Iterable[Window]) -> None:
    """Raise the error of the first full window; its retry_after is when the oldest run leaves the window."""
    for window in windows:
        if wait := seconds_until_free(runs, window.seconds, window.limit):
            raise window.refusal(limit=window.limit, retry_after=wait)


def check_share(own: Any, near: Any, share: Share) -> None:
    """Raise the share's error if the network is busy and this requester has had the sure runs: until either is over."""
    window = share.window
    if not (busy := seconds_until_free(near, window.seconds, window.limit)):
        return
    if had := seconds_until_free(own, window.seconds, share.sure):
        raise window.refusal(limit=window.limit, retry_after=min(busy, had))


def seconds_until_free(runs: Any, seconds: int, limit: int) -> int:
    """Return the seconds until fewer than `limit` of the runs are within the last `seconds`; 0 if they are now."""
    now = timezone.now()
    recent = runs.filter(created_at__gt=now - timedelta(seconds=seconds)).order_by("-created_at")
    moments: list[datetime] = list(recent.values_list("created_at", flat=True)[:limit])
    if len(moments) < limit:
        return 0
    return max(1, round(seconds - (now - moments[-1]).total_seconds()))


def serialize(key: str) -> None:
    """Serialize the transactions with this key. SQLite needs no lock: it has one writer at a time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"bpsandbox:{key}"])
