"""What always holds, whatever failed in between. Each app registers its own in `AppConfig.ready`; see the command
`check_invariants`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Invariant:
    """`breaches` says, a sentence each, where the invariant does not hold."""

    name: str
    breaches: Callable[[], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Breach:
    invariant: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"


_invariants: dict[str, Invariant] = {}


def register(name: str, breaches: Callable[[], Iterable[str]]) -> None:
    _invariants[name] = Invariant(name, breaches)


def names() -> list[str]:
    return list(_invariants)


def breaches() -> Iterator[Breach]:
    for invariant in _invariants.values():
        for what in invariant.breaches():
            yield Breach(invariant.name, what)


def _unsound() -> Iterator[str]:
    """Ask the database about itself: pages and indexes of SQLite; unchecked rules and broken indexes of PostgreSQL."""
    query = {
        "sqlite": "PRAGMA integrity_check",
        "postgresql": (
            "SELECT conname FROM pg_constraint WHERE NOT convalidated"
            " UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        yield from (str(row[0]) for row in cursor.fetchall() if row[0] != "ok")


def _orphans() -> Iterator[str]:
    """Rows that name another row which is not there. PostgreSQL never lets one be written."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        yield from (f"row {row} of {table} names no row of {other}" for table, row, other, _key in cursor.fetchall())


register("the database is sound", _unsound)
register("no orphans", _orphans)
