"""What a run will cost, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SHORT = 0.1
"""Seconds below which a time is written in milliseconds."""


def price_words(price: Any) -> str:
    """Say what a run will cost before it is asked for."""
    if price is None:
        return ""
    parameters = ngettext("%(count)s parameter", "%(count)s parameters", price.parameters) % {
        "count": f"{price.parameters:,}"
    }
    return f"{parameters} · {_duration(price.seconds)}"


def _duration(seconds: float) -> str:
    """Write an estimated time in milliseconds or seconds, with no more digits than it deserves."""
    if seconds < SHORT:
        return _("about {count} ms").format(count=max(1, round(seconds * 1000)))
    return _("about {count} s").format(count=f"{seconds:.2g}" if seconds < 1 else f"{seconds:,.0f}")
