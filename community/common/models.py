"""The log of changes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Func, QuerySet

KEPT_SECONDS = 3600
"""No transaction may take longer, and no process read more rarely: see `changes.log`."""


class SecondsNow(Func):
    """Seconds since 1970 by the clock of the database, as the triggers write them."""

    output_field = models.BigIntegerField()
    template = "CAST((julianday('now') - 2440587.5) * 86400 AS INTEGER)"

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(compiler, connection, template="CAST(extract(epoch FROM now()) AS bigint)")


class Heartbeat(models.Model):
    """One row with the time at which the primary was last asked for it: replicas are as old as their copy of it."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.at.isoformat()


class Change(models.Model):
    """A change of a watched row, written by a trigger. `topics` are words; `xid` is PostgreSQL's transaction."""

    topics = models.TextField()
    xid = models.BigIntegerField(db_index=True)
    at = models.BigIntegerField(db_index=True, help_text="Seconds since 1970, when its transaction began.")

    def __str__(self) -> str:
        return self.topics

    @classmethod
    def stale(cls) -> QuerySet:
        """Return the rows that every process has read, by the clock that dated them: that of a host may be ahead."""
        return cls.objects.filter(at__lt=SecondsNow() - KEPT_SECONDS).order_by("at")
