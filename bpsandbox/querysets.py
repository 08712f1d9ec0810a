"""Querysets: specs that somebody may see, runs by state."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Now
from django.db.models.lookups import IsNull

from bpsandbox import conf, lifecycle, wake

CLOCK_SECONDS = 60.0
TURN_SECONDS = 3600.0


def database_time(*, plus: float = 0.0) -> Any:
    """Return the database's time, which all workers share, plus some seconds."""
    if not plus:
        return Now()
    return ExpressionWrapper(Now() + Value(timedelta(seconds=plus)), output_field=DateTimeField())


def started_lately(column: str) -> Any:
    """Count the runs of the last hour that have the same value in a column; 0 where it is empty."""
    started = apps.get_model("bpsandbox", "Run").objects.filter(started_at__gt=database_time(plus=-TURN_SECONDS))
    same = started.filter(**{column: OuterRef(column)}).order_by().values(column).values(count=Count("*"))
    counted = Coalesce(Subquery(same, output_field=IntegerField()), 0)
    return Case(When(**{column: ""}, then=0), default=counted, output_field=IntegerField())


class AttachmentQuerySet(models.QuerySet):
    def alive(self) -> AttachmentQuerySet:
        """Exclude expired attachments of visitors."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=database_time()))

    def of_owner(self, user: Any = None, owner_key: str = "") -> AttachmentQuerySet:
        return self.filter(owned_by(user, owner_key))

    def open_to_all(self) -> AttachmentQuerySet:
        """Select what everybody with the address may open, expired or not."""
        return self.filter(conf.loaded(conf.current().visible_specs)(None), visibility__in=("public", "unlisted"))

    def visible_to(self, user: Any, owner_key: str = "") -> AttachmentQuerySet:
        """Select what this person may open: their attachments, and those that are not private on visible targets."""
        shown = Q(visibility__in=("public", "unlisted")) & conf.loaded(conf.current().visible_specs)(user)
        return self.alive().filter(shown | owned_by(user, owner_key))

    def listed_for(self, user: Any) -> AttachmentQuerySet:
        """Select what lists may show to this person."""
        return self.alive().filter(conf.loaded(conf.current().visible_specs)(user), visibility="public")

    def shown_to(self, user: Any, owner_key: str = "") -> AttachmentQuerySet:
        """Select what may be shown to this person unasked: what lists show, and their own."""
        listed = Q(visibility="public") & conf.loaded(conf.current().visible_specs)(user)
        return self.alive().filter(listed | owned_by(user, owner_key))


def found_by_row(rows: models.QuerySet) -> Q:
    """Match rows for which `rows`, which refers to them by OuterRef, finds one.

    As `Exists` or a join, but PostgreSQL cannot read all other rows first instead, to sort them for a page of twenty.
    """
    return Q(IsNull(Subquery(rows.order_by().values("pk")[:1]), False))


def owned_by(user: Any, owner_key: str) -> Q:
    """Match what belongs to a member, or to the visitor with this key; nothing without either."""
    if user is not None and user.is_authenticated:
        return Q(owner=user)
    return Q(owner=None, owner_key=owner_key) if owner_key else Q(pk__in=())


class SpecQuerySet(models.QuerySet):
    def visible_to(self, user: Any, owner_key: str = "") -> SpecQuerySet:
        """Select specs with at least one attachment that this person may see."""
        return self.filter(Exists(self.attachments().visible_to(user, owner_key).filter(spec=OuterRef("pk"))))

    def shown_to(self, user: Any, owner_key: str = "") -> SpecQuerySet:
        """Select specs with at least one attachment that may be shown to this person unasked."""
        return self.filter(Exists(self.attachments().shown_to(user, owner_key).filter(spec=OuterRef("pk"))))

    def attachments(self) -> AttachmentQuerySet:
        return apps.get_model("bpsandbox", "Attachment").objects.all()


class RunQuerySet(models.QuerySet):
    def whole(self) -> RunQuerySet:
        """Exclude runs of a worked step."""
        return self.filter(working="")

    def steps(self) -> RunQuerySet:
        return self.exclude(working="")

    def worked(self) -> RunQuerySet:
        """Select worked steps whose outcome is valid for every requester: no limit ended their training."""
        return self.steps().with_result().exclude(result__worked="limit")

    def active(self) -> RunQuerySet:
        return self.filter(state__in=lifecycle.ACTIVE)

    def with_result(self) -> RunQuerySet:
        return self.filter(state__in=lifecycle.WITH_RESULT)

    def complete(self) -> RunQuerySet:
        """Exclude results whose training a limit cut short."""
        return self.filter(summary__limited=False)

    def queued(self) -> RunQuerySet:
        return self.filter(state=lifecycle.QUEUED)

    def claimable(self) -> RunQuerySet:
        """Select queued runs whose requester has none running, in turn."""
        busy = type(self)(self.model).filter(state=lifecycle.RUNNING, quota_key=OuterRef("quota_key"))
        return self.queued().filter(Q(quota_key="") | ~Exists(busy)).in_turn()

    def in_turn(self) -> RunQuerySet:
        """Order by priority, then by requester, who has trained least in the last hour first, then by age.

        Visitors and accounts that are not trusted take turns by network first, because a new key costs them nothing.
        """
        return self.with_started().order_by("priority", "started_near", "started_own", "pk")

    def with_started(self) -> RunQuerySet:
        """Add how many runs of the same network and of the same requester have started in the last hour."""
        return self.annotate(started_near=started_lately("network"), started_own=started_lately("quota_key"))

    def with_expired_lease(self) -> RunQuerySet:
        """Select running runs with an expired lease. One that ends far ahead predates a clock set back."""
        farthest = database_time(plus=conf.current().lease_seconds + CLOCK_SECONDS)
        lapsed = Q(lease_until__lt=database_time()) | Q(lease_until__gt=farthest)
        return self.filter(lapsed, state=lifecycle.RUNNING)

    def unannounced(self, *, seconds: float) -> RunQuerySet:
        """Select runs that ended some time ago without a signal, because a process crashed after the commit."""
        ended = self.exclude(state__in=lifecycle.ACTIVE).filter(announced_at=None)
        return ended.filter(finished_at__lt=database_time(plus=-seconds))

    def move(self, name: str, *, fence: int | None = None, **changes: Any) -> bool:
        """Make a declared move on the selected run; return whether it was made.

        A move by the lease holder needs its fencing token, and does nothing if the run has another token by now.
        Every move increases the fencing token and the sequence number, and tells the followers of runs.
        """
        move = lifecycle.BY_NAME[name]
        rows = self.filter(state=move.origin)
        if move.by_holder and fence is None:
            raise lifecycle.BrokenLifecycle(f"{name} needs the number of the lease")
        if fence is not None:
            rows = rows.filter(fence=fence)
        if move.target not in lifecycle.ACTIVE:
            changes = {"finished_at": database_time(), "lease_until": None, **changes}
        if move.target == lifecycle.QUEUED:
            changes = {"lease_until": None, **changes}
        changes |= {"fence": F("fence") + 1, "progress_seq": F("progress_seq") + 1}
        moved = rows.update(state=move.target, **changes) == 1
        if moved:
            transaction.on_commit(partial(wake.topic(wake.RUNS).say, wake.EVERYTHING))
        return moved
