from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from community.moderation.selectors import open_case_count


def open_cases(request: HttpRequest) -> dict[str, Any]:
    """How many reported posts wait for a decision, for menus of staff: asked once, when a template calls it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_staff:
        return {}
    return {"open_cases": cache(open_case_count)}
