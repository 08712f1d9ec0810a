"""Explain why a run has no result. Rows store a code and its values; readers get a sentence in their language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "cpu": _("It used up its %(seconds)g seconds of processor time. Try fewer epochs, seeds or units."),
    "wall": _("It was stopped after %(seconds)g seconds. Try fewer epochs, seeds or units."),
    "memory": _("It needed more than its %(mib)d MiB of memory. Try fewer seeds, smaller layers or less data."),
    "flood": _("Its output was larger than allowed. Record fewer points."),
    "size": _("Its result is too large to store. Record fewer points."),
    "garbage": _("The training process sent an unreadable message. This is our mistake, not yours."),
    "engine": _("%(message)s"),
    "internal": _("The engine failed (%(message)s). This is our mistake, not yours."),
    "crashed": _("The training process died in %(attempts)d of %(attempts)d attempts."),
    "lost": _("The worker that was training it disappeared in %(attempts)d of %(attempts)d attempts."),
}


def sentence(failure: dict[str, Any]) -> str:
    """Return the sentence of a stored failure."""
    values = failure.get("values", {})
    if "bytes" in values:
        values = {**values, "mib": values["bytes"] >> 20}
    return str(SENTENCES[failure["code"]]) % values
