"""How far replicas are behind, measured at most twice a second in each process.

The process writes the time into a row of the primary, and the replicas are asked how old their copy of it is. This
holds for every kind of replication and needs no rights; after a pause, an up-to-date replica looks old for a moment.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections

logger = structlog.get_logger(__name__)

LAG_SECONDS = 1.0
CHECK_SECONDS = 0.5
"""Half of that: of a measurement, a replica that copies in milliseconds has the time of the one before, not its own."""
DOWN_SECONDS = 10.0
GONE = (OperationalError, InterfaceError)

BEAT = """
INSERT INTO common_heartbeat (id, at) VALUES (1, clock_timestamp())
ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE common_heartbeat.at < excluded.at - interval '0.5 seconds'
"""
NOW = "SELECT clock_timestamp()"
COPY = "SELECT at FROM common_heartbeat"


@dataclass
class Replica:
    """A replica as this process knows it. `checked_at` and `next_check` are seconds of the monotonic clock."""

    alias: str
    is_fresh: bool = False
    next_check: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fresh(self) -> bool:
        """Return whether it may be read. One thread measures; the others go by what was measured last.

        They do for as long again as that holds: a replica that hangs lets nobody end who measures it.
        """
        if time.monotonic() >= self.next_check and self.lock.acquire(blocking=False):
            try:
                self._check()
            finally:
                self.lock.release()
        return self.is_fresh and time.monotonic() < self.next_check + CHECK_SECONDS

    def lost(self) -> None:
        """Note that a query failed: it is left alone for a while."""
        self.is_fresh, self.next_check = False, time.monotonic() + DOWN_SECONDS

    def _check(self) -> None:
        try:
            behind = lag(self.alias)
        except (DatabaseError, InterfaceError) as error:  # the table may not have arrived yet
            logger.warning("a replica cannot be reached", replica=self.alias, error=str(error))
            connections[self.alias].close()
            self.lost()
            return
        self.is_fresh, self.next_check = behind <= timedelta(seconds=LAG_SECONDS), time.monotonic() + CHECK_SECONDS


_replicas: dict[str, Replica] = {}


def fresh_alias() -> str | None:
    """Return one of the replicas that may be read; None if there is none."""
    aliases = random.sample(settings.REPLICAS, len(settings.REPLICAS))
    return next((alias for alias in aliases if replica(alias).fresh()), None)


def replica(alias: str) -> Replica:
    return _replicas.setdefault(alias, Replica(alias))


def lag(alias: str) -> timedelta:
    """Return how far a replica is behind, at most. Raises a database error if it cannot be asked."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(BEAT)
        cursor.execute(NOW)
        now = cursor.fetchone()[0]
    with connections[alias].cursor() as cursor:
        cursor.execute(COPY)
        return now - _only(cursor.fetchone(), now)


def _only(row: tuple[datetime] | None, now: datetime) -> datetime:
    """Return the time in the one row; a replica without it has not begun to copy."""
    return row[0] if row else now - timedelta(days=1)
