"""Lists with cursors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet

from community.common.pagination import Page, Sift, keyset_page, sifted_page

LONGEST = 100


def paginated(
    rows: QuerySet,
    *,
    order: Sequence[str],
    cursor: str | None,
    limit: int,
    show: Callable[[Any], dict[str, Any]],
    parts: Sequence[QuerySet] = (),
    sift: Sift[Any] | None = None,
) -> dict[str, Any]:
    """Return one page: `{"items": [...], "next": cursor or null}`. Raises BrokenCursor.

    With `sift` it has the rows that this returns; they may be fewer than `limit`, or none, before the last page.
    """
    read = partial(_read, rows, order, min(limit, LONGEST), parts)
    page = sifted_page(read, sift, after=cursor, before=None)
    return {"items": [show(row) for row in page.items], "next": page.next_cursor}


def _read(
    rows: QuerySet,
    order: Sequence[str],
    size: int,
    parts: Sequence[QuerySet],
    after: str | None,
    before: str | None,
) -> Page[Any]:
    return keyset_page(rows, order=order, size=size, after=after, before=before, parts=parts)
