"""Rate limit counters in a separate SQLite file, shared by the processes of one machine.

Apart from the site's database, a rolled-back transaction does not undo a hit, and counting never waits for another
writer.
"""

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

from limits.storage import Storage

SCHEMA = """
CREATE TABLE IF NOT EXISTS hits (key TEXT PRIMARY KEY, count INTEGER NOT NULL, expires_at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS hits_expires_at ON hits (expires_at);
"""
COUNT = """
INSERT INTO hits (key, count, expires_at) VALUES (:key, :amount, :now + :expiry)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN expires_at <= :now THEN :amount ELSE count + :amount END,
    expires_at = CASE WHEN expires_at <= :now THEN :now + :expiry ELSE expires_at END
RETURNING count
"""
SWEEP_EVERY = 256
BUSY_SECONDS = 5.0


class SQLiteStorage(Storage):
    """`sqlite:///absolute/path` storage for the `limits` package; fixed windows only."""

    STORAGE_SCHEME = ["sqlite"]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self.path = Path(uri.removeprefix("sqlite://"))
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._hits = 0

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return (sqlite3.Error, OSError)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        with self._lock:
            self._sweep_now_and_then()
            row = self._run(COUNT, {"key": key, "amount": amount, "now": time.time(), "expiry": expiry})
        return int(row[0])

    def get(self, key: str) -> int:
        row = self._read(key)
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._read(key)
        return float(row[1]) if row else time.time()

    def check(self) -> bool:
        self._read("")
        return True

    def reset(self) -> int | None:
        with self._lock:
            return self._connect().execute("DELETE FROM hits").rowcount

    def clear(self, key: str) -> None:
        with self._lock:
            self._run("DELETE FROM hits WHERE key = :key RETURNING 1", {"key": key})

    def _read(self, key: str) -> tuple[int, float] | None:
        with self._lock:
            return self._run(
                "SELECT count, expires_at FROM hits WHERE key = :key AND expires_at > :now",
                {"key": key, "now": time.time()},
            )

    def _run(self, statement: str, values: dict[str, object], default=None):
        with closing(self._connect().execute(statement, values)) as cursor:
            return cursor.fetchone() or default

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            _prepare(connection)
            self._connection = connection
        return self._connection

    def _sweep_now_and_then(self) -> None:
        self._hits += 1
        if self._hits % SWEEP_EVERY == 0:
            self._run("DELETE FROM hits WHERE expires_at <= :now RETURNING 1", {"now": time.time()})


def _prepare(connection: sqlite3.Connection) -> None:
    """Enable write-ahead logging and create the table.

    SQLite does not wait when two connections change the journal mode of a new file at once, so the loser retries.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {SCHEMA}")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
