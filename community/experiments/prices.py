"""What a run will cost, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def price_words(price: Any) -> str:
    """Say what a run will cost before it is asked for."""
    if price is None:
        return ""
    parameters = ngettext("%(count)s parameter", "%(count)s parameters", price.parameters) % {
        "count": f"{price.parameters:,}"
    }
    return _("{parameters} · about {seconds} s").format(parameters=parameters, seconds=_seconds(price.seconds))


def _seconds(seconds: float) -> str:
    return f"{seconds:.2g}" if seconds < 1 else f"{seconds:.0f}"
