"""The estimated cost of a run, as text."""

from __future__ import annotations

from typing import Any

from django.utils.translation import ngettext

from bpsandbox import api


def price_words(price: Any) -> str:
    """Describe the cost of a run before it is requested."""
    if price is None:
        return ""
    parameters = ngettext("%(count)s parameter", "%(count)s parameters", price.parameters) % {
        "count": f"{price.parameters:,}"
    }
    return f"{parameters} · {api.about(price.seconds)}"
