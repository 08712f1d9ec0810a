from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from community.notifications.selectors import unread_count as count_unread


def unread_count(request: HttpRequest) -> dict[str, Any]:
    """The bell's number, asked for once, and only by a page that shows the bell. Templates call it."""
    user = getattr(request, "user", None)
    if user is None:
        return {}
    return {"unread_count": cache(lambda: count_unread(user))}
