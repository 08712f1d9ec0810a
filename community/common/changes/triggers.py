"""Triggers that write the log of changes, on both databases; installed after every `migrate`.

SQLite loses the triggers of a table that a migration remakes, and both need new ones when a watch changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connections, transaction

from community.common.changes.registry import Topic, Watch, watches

PREFIX = "chainrule_change"
LOG = "common_change"
EVERYTHING = "*"
"""The topic of everything, logged when triggers are installed: what happened between old and new is unknown."""
# The mark is a function that nobody calls; on SQLite, which has none, a trigger that never fires.
_MARKS = {
    "sqlite": f"CREATE TRIGGER {{}} AFTER UPDATE OF xid ON {LOG} WHEN 0 BEGIN SELECT 1; END",
    "postgresql": "CREATE FUNCTION {}() RETURNS void LANGUAGE sql AS ''",
}
_MOMENTS = {
    "sqlite": "0, CAST(strftime('%s', 'now') AS INTEGER)",
    "postgresql": "pg_current_xact_id()::text::bigint, extract(epoch FROM now())",
}


def install(using: str) -> None:
    """Install the triggers of all watches whose tables exist, and drop others of ours. Unchanged ones stay.

    One that changes is replaced in a transaction, so that no change of a row goes unlogged meanwhile. The mark is last.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if LOG not in tables:
            return
        vendor = connection.vendor
        wanted = _wanted(vendor, [each for each in watches() if each.table in tables])
        mark, installed = _mark_of(wanted), _installed(cursor, vendor)
        changed = {name: sql for name, (table, sql) in wanted.items() if installed.get(name) != (table, _digest(sql))}
        if not changed and installed.keys() == wanted.keys() | {mark}:
            return
        for name in installed.keys() - wanted.keys():
            _drop(cursor, vendor, name)
        for name, sql in changed.items():
            with transaction.atomic(using=using):
                _replace(cursor, vendor, name, sql)
        with transaction.atomic(using=using):
            cursor.execute(_MARKS[vendor].format(mark))
            cursor.execute(f"INSERT INTO {LOG} (topics, xid, at) VALUES ('{EVERYTHING}', {_MOMENTS[vendor]})")


@cache
def mark_of_own(vendor: str) -> str:
    """Return the name of what is in the database while the triggers there are those of this process's watches.

    `install` of another release drops it as any such name that is not its own, even if it knows no marks.
    """
    return _mark_of(_wanted(vendor, watches()))


def uninstall(using: str) -> None:
    """Drop the triggers, for loading many rows; `install` brings them back, and ends what processes have cached."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name in _installed(cursor, connection.vendor):
            _drop(cursor, connection.vendor, name)


def _wanted(vendor: str, watched: Iterable[Watch]) -> dict[str, tuple[str, list[str]]]:
    """Return the table and the statements of each trigger by name."""
    build = {"sqlite": _sqlite, "postgresql": _postgresql}[vendor]
    return {name: (each.table, sql) for each in watched for name, sql in build(each).items()}


def _mark_of(wanted: dict[str, tuple[str, list[str]]]) -> str:
    return f"{PREFIX}_mark_{_digest([line for _name, (_table, sql) in sorted(wanted.items()) for line in sql])}"


def _digest(statements: list[str]) -> str:
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()[:32]


def _installed(cursor: Any, vendor: str) -> dict[str, tuple[str, str]]:
    """Return the table and the digest of each trigger by name. SQLite keeps the statement itself.

    On PostgreSQL, a table that was made anew has lost its triggers and their function is left: it has no table.
    """
    if vendor == "sqlite":
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        rows = cursor.fetchall()
        return {name: (table, _digest([sql])) for name, table, sql in rows if name.startswith(PREFIX)}
    cursor.execute(
        "SELECT p.proname, coalesce((SELECT min(c.relname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE t.tgfoid = p.oid), ''), coalesce(obj_description(p.oid, 'pg_proc'), '') FROM pg_proc p"
        " WHERE p.pronamespace = current_schema()::regnamespace"
    )
    return {name: (table, digest) for name, table, digest in cursor.fetchall() if name.startswith(PREFIX)}


def _replace(cursor: Any, vendor: str, name: str, statements: list[str]) -> None:
    if vendor == "sqlite":
        cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
    for statement in statements:
        cursor.execute(statement)
    if vendor == "postgresql":
        cursor.execute(f"COMMENT ON FUNCTION {name}() IS '{_digest(statements)}'")


def _drop(cursor: Any, vendor: str, name: str) -> None:
    if vendor == "sqlite":
        cursor.execute(f'DROP TRIGGER "{name}"')
    else:
        cursor.execute(f"DROP FUNCTION {name}() CASCADE")


# === SQLite: one trigger an operation ===


def _sqlite(watch: Watch) -> dict[str, list[str]]:
    rows = {"UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)} | ({"INSERT": ("NEW",)} if watch.inserts else {})
    found = {}
    for operation, sides in rows.items():
        name = f"{PREFIX}_{watch.label}_{operation.lower()}"
        when = f" WHEN {_differs(watch.columns, 'IS NOT')}" if operation == "UPDATE" and watch.columns else ""
        topics = [f"'{watch.label}'"]
        for unless, group in _groups(watch).items():
            told = " || ".join(_topic(each, side, SQLITE) for side in sides for each in group)
            if unless and operation == "UPDATE":
                told = f"CASE WHEN {_differs(_without(watch, unless), 'IS NOT')} THEN {told} ELSE '' END"
            topics.append(told)
        values = f"INSERT INTO {LOG} (topics, xid, at) VALUES ({' || '.join(topics)}, {_MOMENTS['sqlite']});"
        found[name] = [f'CREATE TRIGGER {name} AFTER {operation} ON "{watch.table}"{when} BEGIN {values} END']
    return found


# === PostgreSQL: one function a watch, and a trigger for updates and one for the rest ===


def _postgresql(watch: Watch) -> dict[str, list[str]]:
    name = f"{PREFIX}_{watch.label}"
    others = "INSERT OR DELETE" if watch.inserts else "DELETE"
    body = [f" DECLARE told text := '{watch.label}'; BEGIN"]
    for unless, group in _groups(watch).items():
        old, new = (" || ".join(_topic(each, side, POSTGRESQL) for each in group) for side in ("OLD", "NEW"))
        changed = _differs(_without(watch, unless), "IS DISTINCT FROM") if unless else "true"
        body.append(
            f" IF TG_OP = 'INSERT' THEN told := told || {new}; ELSIF TG_OP = 'DELETE' THEN told := told || {old};"
            f" ELSIF {changed} THEN told := told || {old} || {new}; END IF;"
        )
    body.append(f" INSERT INTO {LOG} (topics, xid, at) VALUES (told, {_MOMENTS['postgresql']}); RETURN NULL; END ")
    function = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${''.join(body)}$$"
    begin, end = f"CREATE OR REPLACE TRIGGER {name}", f"EXECUTE FUNCTION {name}()"
    on_rows = f'{begin}_row AFTER {others} ON "{watch.table}" FOR EACH ROW {end}'
    when = f"WHEN ({_differs(watch.columns, 'IS DISTINCT FROM')}) " if watch.columns else ""
    on_update = f'{begin}_update AFTER UPDATE ON "{watch.table}" FOR EACH ROW {when}{end}'
    return {name: [function, on_rows, on_update]}


# === Both ===


@dataclass(frozen=True, slots=True)
class Dialect:
    """How texts are joined, and the day and the month of a moment are written."""

    join: str
    day: str
    month: str


SQLITE = Dialect("group_concat", "substr({}, 1, 10)", "substr({}, 1, 7)")
POSTGRESQL = Dialect(
    "string_agg", "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD')", "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM')"
)


def _groups(watch: Watch) -> dict[tuple[str, ...], list[Topic]]:
    """Return the topics by the columns whose updates are not logged under them."""
    found: dict[tuple[str, ...], list[Topic]] = {}
    for topic in watch.topics:
        found.setdefault(topic.unless, []).append(topic)
    return found


def _without(watch: Watch, unless: Sequence[str]) -> list[str]:
    return [column for column in watch.others if column not in unless]


def _differs(columns: Iterable[str], differ: str) -> str:
    return " OR ".join(f'OLD."{column}" {differ} NEW."{column}"' for column in columns)


def _topic(topic: Topic, side: str, dialect: Dialect) -> str:
    told = _told(topic, side, dialect)
    if not topic.only:
        return told
    column, *values = topic.only
    is_so = f"= '{values[0]}'" if values else "IS NOT NULL"
    return f"CASE WHEN {side}.\"{column}\" {is_so} THEN {told} ELSE '' END"


def _told(topic: Topic, side: str, dialect: Dialect) -> str:
    if not topic.column:
        return f"' {topic.name}'"
    if topic.by_day:
        forms = (form.format(f'{side}."{topic.column}"') for form in (dialect.day, dialect.month))
        return " || ".join(f"coalesce(' {topic.name}:' || {form}, '')" for form in forms)
    if not topic.through:
        return f"coalesce(' {topic.name}:' || {side}.\"{topic.column}\", '')"
    of_each = f"{dialect.join}(' {topic.name}:' || \"{topic.column}\", '')"
    return f'coalesce((SELECT {of_each} FROM "{topic.through}" WHERE "{topic.by}" = {side}."{topic.key}"), \'\')'
