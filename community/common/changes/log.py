"""Reading of the log of changes by one process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, Error, OperationalError, connections

from community.common.changes import triggers

MAX_ROWS = 5000
"""More changes at once count as a change of everything."""
MAX_PAUSE_SECONDS = 300
"""A process that has not read for longer starts anew; housekeeping deletes rows that are much older."""
MAX_TOPICS = 200_000

# Ids are handed out in the order of inserts, not of commits: a row can appear below one that was read. All transactions
# below the xmin of a snapshot have ended, so nothing new appears below the xmin of the reading before. Numbers of
# transactions mean nothing to another server, or to a copy of the table: a copy of the database that was promoted may
# have lost the last ones and given their numbers to others.
SOURCE = "concat(extract(epoch FROM pg_postmaster_start_time()), ' ', 'common_change'::regclass::oid)"
XMIN = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
# Rows are dated and deleted by the clock of the database. That of a process stands still while its machine sleeps.
CLOCK = "extract(epoch FROM clock_timestamp())::float8"
POSTGRESQL_END = f"SELECT {SOURCE}, {XMIN}, {CLOCK}"
POSTGRESQL = (
    "SELECT s.source, s.xmin, s.clock, to_regproc(%s) IS NOT NULL, c.id, c.topics"
    f" FROM (SELECT {SOURCE} AS source, {XMIN} AS xmin, {CLOCK} AS clock) AS s"
    " LEFT JOIN common_change AS c ON c.xid >= %s LIMIT %s"
)
# SQLite has one writer at a time: ids are in the order of commits.
SQLITE_CLOCK = "(julianday('now') - 2440587.5) * 86400"
SQLITE = f"SELECT coalesce(max(id), 0), {SQLITE_CLOCK} FROM common_change"
SQLITE_SINCE = (
    f"SELECT {SQLITE_CLOCK}, EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = %s), c.id, c.topics"
    " FROM (SELECT 1) LEFT JOIN common_change AS c ON c.id > %s ORDER BY c.id LIMIT %s"
)


class ChangeLog:
    """What this process knows of the log: when each topic last changed, in numbers of readings."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = self._failed_at = float("-inf")
        self._mark: int | None = None  # PostgreSQL: xmin of the last reading; SQLite: last id
        self._source = ""  # PostgreSQL: which table of which server that was
        self._clock = 0.0  # of the database at the last reading
        self._seen: set[int] = set()
        self._last: dict[str, int] = {}
        self._floor = 0
        self.reading = 0

    @property
    def age(self) -> float:
        """Seconds since the log was last read."""
        return time.monotonic() - self._read_at

    def catch_up(self, max_age: float = 0) -> None:
        """Read what was committed since the last reading, unless that is at most `max_age` seconds ago.

        Who waits for the reading of another, begun after the call, needs none of its own; nor does who waits for one
        that fails: else those who wait for a database that is away would do so one after the other. Not for use in a
        transaction, whose snapshot may be older than what the others know of.
        """
        asked_at = time.monotonic()
        enough = asked_at - max_age
        if self._read_at >= enough:
            return
        with self._lock:
            if self._read_at >= enough:
                return
            if self._failed_at >= asked_at:
                raise OperationalError("another thread could not read the log of changes")
            now = time.monotonic()
            try:
                self._note(self._news())
            except Error:
                self._failed_at = time.monotonic()
                raise
            self._read_at = now

    def is_unchanged(self, topics: Iterable[str], since: int) -> bool:
        """Return whether none of the topics changed after the reading with number `since`."""
        return since >= self._floor and all(self._last.get(topic, 0) <= since for topic in topics)

    def forget(self) -> None:
        """Start anew: everything counts as changed."""
        with self._lock:
            self._mark, self._read_at = None, float("-inf")

    def _note(self, topics: set[str] | None) -> None:
        if topics is not None and not topics:
            return
        number = self.reading + 1
        if topics is None or len(self._last) > MAX_TOPICS:
            self._floor = number
            self._last = {}
        else:
            self._last |= dict.fromkeys(topics, number)
        self.reading = number

    def _news(self) -> set[str] | None:
        """Return the topics of what was committed since the last reading; None if anything may have changed."""
        if self._mark is None or self.age > MAX_PAUSE_SECONDS:
            self._begin()
            return None
        return self._read()

    def _begin(self) -> None:
        """Go to the end of the log."""
        with _cursor() as (cursor, vendor):
            if vendor == "sqlite":
                cursor.execute(SQLITE)
                self._mark, self._clock = cursor.fetchone()
            else:
                cursor.execute(POSTGRESQL_END)
                self._source, mark, self._clock = cursor.fetchone()
                cursor.execute("SELECT id FROM common_change WHERE xid >= %s LIMIT %s", [mark, MAX_ROWS])
                self._mark, self._seen = mark, {key for (key,) in cursor.fetchall()}

    def _read(self) -> set[str] | None:
        """Return the topics of new rows; None if anything may have changed.

        While the triggers are those of another release, each reading is a change of everything: they may not log what
        this process depends on, so nothing is kept for longer than until the next.
        """
        with _cursor() as (cursor, vendor):
            mark = triggers.mark_of_own(vendor)
            if vendor == "sqlite":
                cursor.execute(SQLITE_SINCE, [mark, self._mark, MAX_ROWS])
                read = cursor.fetchall()
                clock, found = read[0][0], [rest for _clock, *rest in read]
                rows = fresh = _logged(found)
                self._mark = rows[-1][0] if rows else self._mark
            else:
                cursor.execute(POSTGRESQL, [mark, self._mark, MAX_ROWS])
                read = cursor.fetchall()
                source, xmin, clock = read[0][:3]
                if source != self._source:
                    self._mark = None
                    return None
                found = [rest for _source, _xmin, _clock, *rest in read]
                self._mark, rows = xmin, _logged(found)
                fresh = [row for row in rows if row[0] not in self._seen]
                self._seen = {key for key, _topics in rows}
        pause, self._clock = clock - self._clock, clock
        if len(rows) >= MAX_ROWS or pause > MAX_PAUSE_SECONDS:
            self._mark = None
            return None
        topics = {topic for _key, topics in fresh for topic in topics.split()}
        has_own_triggers = found[0][0]
        return None if not has_own_triggers or triggers.EVERYTHING in topics else topics


def _logged(found: Iterable[Sequence[Any]]) -> list[tuple[int, str]]:
    """Return the rows of the log among those of a reading, of which there is one even if the log has no news."""
    return [(key, topics) for _mark, key, topics in found if key is not None]


@contextmanager
def _cursor() -> Iterator[tuple[Any, str]]:
    """A cursor of the primary database, and its vendor."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        yield cursor, connection.vendor


CHANGES = ChangeLog()
"""The log as this process knows it."""
