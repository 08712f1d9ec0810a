"""The periods of which a list can show the best threads."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import pgettext

from .models import Period


def period_of(request: HttpRequest, order: str) -> str:
    """Return the period that is asked for; nothing for all time, and in any other order."""
    wanted = request.GET.get("period", "")
    return wanted if order == "top" and wanted in Period.values else ""


def period_links(request: HttpRequest, order: str) -> list[tuple[str, str, bool]]:
    """Return the periods of a list by score, keeping other parameters; none for a list in another order."""
    if order != "top":
        return []
    shown = period_of(request, order)
    every = [*((str(each.label), each.value) for each in Period), (pgettext("period", "All time"), "")]
    return [(label, _address(request, period), period == shown) for label, period in every]


def _address(request: HttpRequest, period: str) -> str:
    query = request.GET.copy()
    query.pop("period", None)
    for name in ("after", "before"):
        query.pop(name, None)
    if period:
        query["period"] = period
    return f"?{query.urlencode()}"
