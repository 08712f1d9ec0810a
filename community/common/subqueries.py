"""Conditions on other rows, and counts that stop."""

from __future__ import annotations

from typing import Any

from django.db.models import F, IntegerField, Q, QuerySet, Subquery, TextField
from django.db.models.lookups import IsNull

# Counts on pages go no further, and show "99+" or "1,000+": otherwise they would be what a page costs.
MOST_COUNTED = 100
MOST_COUNTED_OF_ONE = 1_001


class CountUpTo(Subquery):
    """The number of rows of a subquery, not continued beyond `most`; `along` is the column of an index to count on."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet, most: int = MOST_COUNTED_OF_ONE, along: str = "") -> None:
        super().__init__(rows.order_by(*filter(None, [along])).values("pk")[:most])


class KeysOf(Subquery):
    """The keys in a column of the first `most` rows of a subquery, as text with commas between; null without rows."""

    output_field = TextField()

    def __init__(self, rows: QuerySet, column: str, most: int) -> None:
        super().__init__(rows.values(listed_key=F(column))[:most])

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        template = "(SELECT group_concat(listed_key) FROM (%(subquery)s) AS listed)"
        return self.as_sql(compiler, connection, template=template)

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        template = "(SELECT string_agg(listed_key::text, ',') FROM (%(subquery)s) AS listed)"
        return self.as_sql(compiler, connection, template=template)


def keys_in(text: str | None) -> list[int]:
    """Return the keys that `KeysOf` found."""
    return [int(key) for key in (text or "").split(",") if key]


def looked_up(rows: QuerySet) -> Q:
    """Match rows for which `rows`, which refers to them by OuterRef, finds one.

    As `Exists`, but always answered row by row: PostgreSQL may answer `Exists` and `__in` by reading the whole other
    table first, which is cheaper for a thousand rows and ruinous for a page of twenty.
    """
    return Q(IsNull(Subquery(rows.order_by().values("pk")[:1]), False))


def not_looked_up(rows: QuerySet) -> Q:
    """Match rows for which `rows`, which refers to them by OuterRef, finds none."""
    return Q(IsNull(Subquery(rows.order_by().values("pk")[:1]), True))
