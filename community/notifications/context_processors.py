from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from community.notifications.selectors import unread_count as count_unread


def unread_count(request: HttpRequest) -> dict[str, Any]:
    """Add the unread count as a lazy query, run at most once, only on pages that show the bell."""
    user = getattr(request, "user", None)
    if user is None:
        return {}
    return {"unread_count": cache(lambda: count_unread(user))}
