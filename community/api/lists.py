"""Lists with cursors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet

from community.common.pagination import keyset_page

LONGEST = 100


def paginated(
    rows: QuerySet, *, order: Sequence[str], cursor: str | None, limit: int, show: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """Return one page: `{"items": [...], "next": cursor or null}`. Raises BrokenCursor."""
    page = keyset_page(rows, order=order, size=min(limit, LONGEST), after=cursor)
    return {"items": [show(row) for row in page.items], "next": page.next_cursor}
