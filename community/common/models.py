"""The log of changes."""

from __future__ import annotations

import time

from django.db import models
from django.db.models import QuerySet

KEPT_SECONDS = 3600
"""No transaction may take longer, and no process read more rarely: see `changes.log`."""


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
        return cls.objects.filter(at__lt=int(time.time()) - KEPT_SECONDS).order_by("at")
