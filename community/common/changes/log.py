"""Reading of the log of changes by one process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

MAX_ROWS = 5000
"""More changes at once count as a change of everything."""
MAX_PAUSE_SECONDS = 300
"""A process that has not read for longer starts anew; housekeeping deletes rows that are much older."""
MAX_TOPICS = 200_000

# Ids are handed out in the order of inserts, not of commits: a row can appear below one that was read. All transactions
# below the xmin of a snapshot have ended, so nothing new appears below the xmin of the reading before.
POSTGRESQL = (
    "SELECT s.snapshot, c.id, c.topics, c.xid FROM (SELECT pg_current_snapshot()::text AS snapshot) AS s"
    " LEFT JOIN common_change AS c ON c.xid >= %s LIMIT %s"
)
# SQLite has one writer at a time: ids are in the order of commits.
SQLITE = "SELECT coalesce(max(id), 0) FROM common_change"
SQLITE_SINCE = "SELECT id, topics FROM common_change WHERE id > %s ORDER BY id LIMIT %s"


class Snapshot(NamedTuple):
    """Which transactions of PostgreSQL had ended: those below `end`, but for those that were `open`."""

    start: int
    end: int
    open: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Snapshot:
        start, end, opened = text.split(":")
        return cls(int(start), int(end), frozenset(map(int, opened.split(",") if opened else ())))

    def is_before(self, other: Snapshot) -> bool:
        """Return whether all that had ended has ended in the other as well."""
        return self.end <= other.end and all(xid in self.open or xid >= self.end for xid in other.open)


class ChangeLog:
    """What this process knows of the log: when each topic last changed, in numbers of readings."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._mark: int | None = None  # PostgreSQL: xmin of the last reading; SQLite: last id
        self._seen: set[int] = set()
        self._last: dict[str, int] = {}
        self._floor = 0
        # PostgreSQL: what this process has read since `_known_from`, by topic and by transaction.
        self._known_from: Snapshot | None = None
        self._last_xids: dict[str, int] = {}
        self._topics: dict[int, set[str]] = {}
        self._snapshot: Snapshot | None = None
        self.reading = 0
        self.snapshot: Snapshot | None = None
        """PostgreSQL: that of the last reading, once what it found is known. Other processes understand it."""

    @property
    def age(self) -> float:
        """Seconds since the log was last read."""
        return time.monotonic() - self._read_at

    def catch_up(self, max_age: float = 0) -> None:
        """Read what was committed since the last reading, unless that is at most `max_age` seconds ago.

        Who waits for the reading of another, begun after the call, needs none of its own. Not for use in a transaction,
        whose snapshot may be older than what the others know of.
        """
        enough = time.monotonic() - max_age
        if self._read_at >= enough:
            return
        with self._lock:
            if self._read_at >= enough:
                return
            now = time.monotonic()
            if self._mark is None or self.age > MAX_PAUSE_SECONDS:
                self._begin()
                self._note(None)
            else:
                self._note(self._read())
            self.snapshot = self._snapshot if self._mark is not None else None
            self._read_at = now

    def is_unchanged(self, topics: Iterable[str], since: int) -> bool:
        """Return whether none of the topics changed after the reading with number `since`."""
        return since >= self._floor and all(self._last.get(topic, 0) <= since for topic in topics)

    def unchanged_since(self, topics: frozenset[str], read: Snapshot) -> int | None:
        """Return the reading up to which none of the topics has changed since another process read the log.

        None if one has, as far as anybody can say: this process may have begun later or not have read as far, and the
        other's database may have been another, which was restored or copied.
        """
        with self._lock:
            if self.snapshot is None or self._known_from is None:
                return None
            if not (self._known_from.is_before(read) and read.is_before(self.snapshot)):
                return None
            if any(self._last_xids.get(topic, 0) >= read.end for topic in topics):
                return None
            ended_since = (self._topics.get(xid, set()) for xid in read.open)
            return None if any(not topics.isdisjoint(changed) for changed in ended_since) else self.reading

    def forget(self) -> None:
        """Start anew: everything counts as changed."""
        with self._lock:
            self._mark, self.snapshot, self._read_at = None, None, float("-inf")

    def _note(self, topics: set[str] | None) -> None:
        if topics is not None and not topics:
            return
        number = self.reading + 1
        if topics is None or max(len(self._last), len(self._topics)) > MAX_TOPICS:
            self._floor, self._known_from = number, self._snapshot
            self._last, self._last_xids, self._topics = {}, {}, {}
        else:
            self._last |= dict.fromkeys(topics, number)
        self.reading = number

    def _begin(self) -> None:
        """Go to the end of the log."""
        with _cursor() as (cursor, vendor):
            if vendor == "sqlite":
                cursor.execute(SQLITE)
                self._mark = cursor.fetchone()[0]
            else:
                cursor.execute("SELECT pg_current_snapshot()::text")
                self._snapshot = Snapshot.parse(cursor.fetchone()[0])
                mark = self._snapshot.start
                cursor.execute("SELECT id FROM common_change WHERE xid >= %s LIMIT %s", [mark, MAX_ROWS])
                self._mark, self._seen = mark, {key for (key,) in cursor.fetchall()}

    def _read(self) -> set[str] | None:
        """Return the topics of new rows; None for too many."""
        with _cursor() as (cursor, vendor):
            if vendor == "sqlite":
                cursor.execute(SQLITE_SINCE, [self._mark, MAX_ROWS])
                rows = cursor.fetchall()
                self._mark = rows[-1][0] if rows else self._mark
                fresh = rows
            else:
                cursor.execute(POSTGRESQL, [self._mark, MAX_ROWS])
                rows = cursor.fetchall()
                self._snapshot = Snapshot.parse(rows[0][0])
                if self._mark is None or self._snapshot.start < self._mark:
                    self._mark = None  # not the database of before: it was restored, or a copy took its place
                    return None
                self._mark = self._snapshot.start
                changes = [(key, topics, xid) for _snapshot, key, topics, xid in rows if key is not None]
                fresh = [(key, topics) for key, topics, _xid in changes if key not in self._seen]
                self._seen = {key for key, _topics, _xid in changes}
                for _key, topics, xid in changes:
                    self._know(xid, set(topics.split()))
        if len(rows) >= MAX_ROWS:
            self._mark = None
            return None
        return {topic for _key, topics in fresh for topic in topics.split()}

    def _know(self, xid: int, topics: set[str]) -> None:
        self._topics.setdefault(xid, set()).update(topics)
        for topic in topics:
            self._last_xids[topic] = max(xid, self._last_xids.get(topic, 0))


@contextmanager
def _cursor() -> Iterator[tuple[Any, str]]:
    """A cursor of the primary database, and its vendor."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        yield cursor, connection.vendor


CHANGES = ChangeLog()
"""The log as this process knows it."""
