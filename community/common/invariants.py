"""Invariants that must hold after any failure; see the command `check_invariants`.

Each app registers its own in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Invariant:
    """`breaches` yields one message per violation, and None between the batches of a long walk."""

    name: str
    breaches: Callable[[], Iterable[str | None]]


@dataclass(frozen=True, slots=True)
class Breach:
    invariant: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"


_invariants: dict[str, Invariant] = {}


def register(name: str, breaches: Callable[[], Iterable[str | None]]) -> None:
    _invariants[name] = Invariant(name, breaches)


def names() -> list[str]:
    return list(_invariants)


def breaches(report: Callable[[int], None] = lambda done: None) -> Iterator[Breach]:
    """Check everything, each invariant in batches. `report` is told again and again how many have been checked."""
    for done, invariant in enumerate(_invariants.values()):
        for what in invariant.breaches():
            report(done)
            if what is not None:
                yield Breach(invariant.name, what)
        report(done + 1)


def _integrity_errors() -> Iterator[str]:
    """Run the database's own integrity checks: pages and indexes of SQLite; unvalidated constraints and invalid indexes
    of PostgreSQL.
    """
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
    """Return rows with dangling foreign keys; PostgreSQL cannot contain any."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        yield from (f"row {row} of {table} names no row of {other}" for table, row, other, _key in cursor.fetchall())


register("the database is sound", _integrity_errors)
register("no orphans", _orphans)
