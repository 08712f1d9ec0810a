"""What the database does for a query: rows read and sorted on PostgreSQL, steps of its machine on SQLite.

Both are counted while the query runs, so that no estimate is trusted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from psycopg import ClientCursor
from psycopg._queries import PostgresQuery
from psycopg.adapt import Transformer
from psycopg.types.numeric import Int8

STEPS = 100
EXPLAIN = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)"
"""Rows are counted. To ask the clock for each of them would take longer than most queries."""


@dataclass
class Work:
    """A query and what it cost. `read` are rows taken from tables and indexes, also those that a filter removed."""

    sql: str
    read: int = 0
    sorted: int = 0
    steps: int = 0
    scanned: set[str] = field(default_factory=set)
    plan: str = ""


@contextmanager
def watched(known: dict[tuple, Work] | None = None) -> Iterator[list[Work]]:
    """Collect the work of every SELECT that is run inside. One that is `known` is not measured again."""
    found: list[Work] = []
    known = {} if known is None else known
    measure = _on_postgres if connection.vendor == "postgresql" else _on_sqlite
    busy = False

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal busy
        if not busy and sql.lstrip("( ").startswith(("SELECT", "WITH")):
            busy = True
            try:
                cursor = context["cursor"]
                key = (sql, repr(params), type(cursor.cursor))
                if key not in known:
                    known[key] = measure(sql, params, cursor)
                found.append(known[key])
            finally:
                busy = False
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


def _on_postgres(sql: str, params: Any, cursor: Any) -> Work:
    """The plan that a connection keeps of a prepared query is made without values: the worse of both counts."""
    with connection.cursor() as plain:
        plain.execute(f"{EXPLAIN} {sql}", params)
        work = _work(sql, plain.fetchall())
    if not isinstance(cursor.cursor, ClientCursor):
        kept = _work(sql, _explained_without_values(sql, params))
        work = max(work, kept, key=lambda each: (len(each.scanned), max(each.read, each.sorted)))
    return work


def _explained_without_values(sql: str, params: Any) -> list[tuple]:
    raw = connection.connection
    query = PostgresQuery(Transformer(raw))
    query.convert(sql, [Int8(each) if type(each) is int else each for each in params])
    with ClientCursor(raw) as plain:
        raw.pgconn.prepare(b"measured", query.query, query.types)
        plain.execute("SET plan_cache_mode = force_generic_plan")
        values = f"({', '.join(['%s'] * len(params))})" if params else ""
        try:
            plain.execute(f"{EXPLAIN} EXECUTE measured{values}", params)
            return plain.fetchall()
        finally:
            plain.execute("SET plan_cache_mode = auto; DEALLOCATE measured")


def _work(sql: str, answer: list[tuple]) -> Work:
    work = Work(sql)
    [(text,)] = answer
    plan = json.loads(text) if isinstance(text, str) else text
    work.plan = "\n".join(_lines(plan[0]["Plan"], 0))
    _add_node(work, plan[0]["Plan"])
    return work


def _add_node(work: Work, node: dict[str, Any]) -> None:
    times = node["Actual Loops"]
    if (node["Node Type"].endswith("Scan") and "Index Name" in node) or "Relation Name" in node:
        removed = sum(node.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
        work.read += round((node["Actual Rows"] + removed) * times)
    if node["Node Type"] == "Seq Scan":
        work.scanned.add(node["Relation Name"])
    for inner in node.get("Plans", ()):
        if node["Node Type"] in ("Sort", "Incremental Sort"):
            work.sorted = max(work.sorted, inner["Actual Rows"])
        _add_node(work, inner)


def _lines(node: dict[str, Any], depth: int) -> Iterator[str]:
    """Write a plan as one line for each node: its name, table, index, rows returned and removed, and repetitions."""
    names = [node[name] for name in ("Node Type", "Relation Name", "Index Name") if name in node]
    removed = sum(value for name, value in node.items() if name.startswith("Rows Removed"))
    counts = f"{node['Actual Rows']} rows, {removed} removed, {node['Actual Loops']} times"
    yield f"{'  ' * depth}{' '.join(names)}: {counts}"
    for inner in node.get("Plans", ()):
        yield from _lines(inner, depth + 1)


def _on_sqlite(sql: str, params: Any, _cursor: Any) -> Work:
    work = Work(sql)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        lines = [row[3] for row in cursor.fetchall()]
    work.plan = "\n".join(lines)
    work.scanned = {line.split()[1] for line in lines if line.startswith("SCAN ") and " USING " not in line}
    rounds = 0

    def count() -> None:
        nonlocal rounds
        rounds += 1

    connection.connection.set_progress_handler(count, STEPS)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            cursor.fetchall()
    finally:
        connection.connection.set_progress_handler(None, STEPS)
    work.steps = rounds * STEPS
    return work
