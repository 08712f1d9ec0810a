from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from community.moderation.selectors import open_case_count


def open_cases(request: HttpRequest) -> dict[str, Any]:
    """Add the number of reported posts awaiting a decision, for staff menus: a lazy query, run at most once."""
    user = getattr(request, "user", None)
    if user is None or not user.is_staff:
        return {}
    return {"open_cases": cache(open_case_count)}
