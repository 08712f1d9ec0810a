"""Columns that show a person beside what they wrote: name, address and picture. Lists read no others."""

from __future__ import annotations

from functools import cache

from django.contrib.auth import get_user_model

SHOWN_COLUMNS = ("id", "handle", "handle_key", "display_name", "picture", "is_staff")


@cache
def unshown_columns(path: str) -> tuple[str, ...]:
    """Return the other columns of the person at `path`, for `defer`."""
    columns = get_user_model()._meta.concrete_fields
    return tuple(f"{path}__{field.name}" for field in columns if field.name not in SHOWN_COLUMNS)


def shown_columns(path: str) -> tuple[str, ...]:
    """Return the columns of the person at `path`, for `only`."""
    return tuple(f"{path}__{name}" for name in SHOWN_COLUMNS)
