from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from community.notifications.selectors import unread_count as count_unread


def unread_count(request: HttpRequest) -> dict[str, Any]:
    """Add the unread count as a lazy query: at most one, on pages that show the bell, for people with unread rows."""
    user = getattr(request, "user", None)
    if user is None or getattr(user, "has_unread_rows", True) is False:
        return {}
    return {"unread_count": cache(lambda: count_unread(user))}
