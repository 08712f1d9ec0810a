"""What is watched: tables, columns and topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Model


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a row, `name:value of column`; just `name` without a column.

    With `through`, the column is that of the rows of another table whose column `by` is the row's `key`. `by_day` logs
    a moment as its day and its month in UTC, `latest:2026-11-28 latest:2026-11`.

    An update of nothing but the columns `unless` is not logged under it, nor is a row whose column `only` is null, or
    is not the value given with it. A page that shows those names another topic too.
    """

    name: str
    column: str = ""
    through: str = ""
    by: str = ""
    key: str = "id"
    by_day: bool = False
    unless: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """A watched table. `columns` limits updates to those that change one of them; empty means all.

    `others` are the columns of the table, apart from its key.
    """

    table: str
    label: str
    topics: tuple[Topic, ...] = ()
    columns: tuple[str, ...] = ()
    inserts: bool = True
    others: tuple[str, ...] = ()


_watches: dict[str, Watch] = {}


def watch(
    model: type[Model],
    *,
    label: str = "",
    topics: Sequence[Topic] = (),
    columns: Sequence[str] = (),
    inserts: bool = True,
) -> None:
    """Watch a model's table. `label` is logged for every change of it; the name of the table by default.

    `inserts` can be False if a new row is in no page until another change.
    """
    table = model._meta.db_table
    label = label or table
    others = tuple(name for field in model._meta.concrete_fields if not field.primary_key and (name := field.column))
    _watches[label] = Watch(table, label, tuple(topics), tuple(columns), inserts, others)


def watches() -> list[Watch]:
    return list(_watches.values())


def watched_tables() -> frozenset[str]:
    """Return the tables whose changes are logged under their own name."""
    return frozenset(each.table for each in _watches.values() if each.label == each.table)


def tables_logged_under(name: str) -> frozenset[str]:
    """Return the tables of whose rows each change is logged under a topic of this name, but for what the topic leaves
    out.
    """
    return frozenset(
        each.table
        for each in _watches.values()
        if each.label == each.table and name in {topic.name for topic in each.topics}
    )
