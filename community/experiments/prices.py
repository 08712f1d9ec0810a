"""What a run will cost, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import ngettext

from bpsandbox import api


def price_words(price: Any) -> str:
    """Say what a run will cost before it is asked for."""
    if price is None:
        return ""
    parameters = ngettext("%(count)s parameter", "%(count)s parameters", price.parameters) % {
        "count": f"{price.parameters:,}"
    }
    return f"{parameters} · {api.about(price.seconds)}"
