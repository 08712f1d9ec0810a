"""Single-row lookups for views."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet

from community.common.errors import NotFound


def get_or_not_found[M: Model](rows: QuerySet[M], **where: Any) -> M:
    """Return the one row. Raises NotFound if there is none or it is not visible."""
    row = rows.filter(**where).first()
    if row is None:
        raise NotFound
    return row
