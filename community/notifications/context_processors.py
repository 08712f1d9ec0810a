from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from community.notifications.selectors import unread_count as count_unread


def unread_count(request: HttpRequest) -> dict[str, Any]:
    """The bell's number, asked for only by a page that shows the bell."""
    user = getattr(request, "user", None)
    if user is None:
        return {}
    return {"unread_count": SimpleLazyObject(lambda: count_unread(user))}
