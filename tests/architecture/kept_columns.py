"""Other values for the columns of a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import models

from tests.architecture.kept_site import NOW

MOST_ROWS = 2
"""Of a table, as many from its beginning as from its end."""
MOST_MUTATIONS = 6
EARLIER = NOW - timedelta(days=3)


def changes_of(model: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield columns of a table, the key of a row, and another value."""
    for column in model._meta.concrete_fields:
        if not column.primary_key:
            for pk, value in _some_rows(model, column):
                yield from ((column, pk, other) for other in _others(column, value))


def _some_rows(model: Any, column: Any) -> list[tuple[Any, Any]]:
    """Return keys and values of the first and the last rows."""
    rows = [*model._base_manager.order_by("pk").values_list("pk", column.attname)]
    return rows if len(rows) <= 2 * MOST_ROWS else [*rows[:MOST_ROWS], *rows[-MOST_ROWS:]]


def _others(column: Any, value: Any) -> list[Any]:
    """Return other values that the column could have."""
    nothing = [None] if column.null and value is not None else []
    if column.is_relation:
        keys = column.related_model._base_manager.exclude(pk=value).order_by("pk").values_list("pk", flat=True)
        return [*nothing, *keys[:1]]
    if column.choices:
        return [next(choice for choice, _label in column.flatchoices if choice != value), *nothing]
    if isinstance(column, models.BooleanField):
        return [not value]
    if isinstance(column, models.DateTimeField):
        return [EARLIER if value is None else value - timedelta(days=1), *nothing]
    if isinstance(column, models.IntegerField | models.FloatField):
        return [(value or 0) + 1, *nothing]
    if isinstance(column, models.JSONField):
        return [*islice(_mutations(value), MOST_MUTATIONS), *nothing]
    if isinstance(column, models.CharField | models.TextField):
        return [f"x{value or ''}"[: column.max_length], *nothing]
    return nothing


def _mutations(value: Any) -> Iterator[Any]:
    """Yield JSON with one other text or number in it, each of its parts in turn."""
    match value:
        case dict():
            for name, part in value.items():
                yield from ({**value, name: other} for other in islice(_mutations(part), 1))
        case list():
            for place, part in enumerate(value):
                yield from ([*value[:place], other, *value[place + 1 :]] for other in islice(_mutations(part), 1))
        case bool():
            yield not value
        case int() | float():
            yield value + 1
        case str():
            yield f"x{value}"
