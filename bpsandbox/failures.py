"""Explain why a run has no result. Rows store a code and its values; readers get a sentence in their language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "cpu": _("It used up its %(seconds)g seconds of processor time. Fewer epochs, seeds or units would fit."),
    "wall": _("It was stopped after %(seconds)g seconds. Fewer epochs, seeds or units would fit."),
    "memory": _("It needed more than its %(mib)d MiB of memory. Fewer seeds, smaller layers or less data would fit."),
    "flood": _("It wrote more than a run may write. Record fewer points."),
    "size": _("Its result is larger than may be kept. Record fewer points."),
    "garbage": _("The training process sent an unreadable message. This is our mistake, not yours."),
    "engine": _("%(message)s"),
    "internal": _("The engine made a mistake (%(message)s). This is our mistake, not yours."),
    "crashed": _("The training process died, %(attempts)d times out of %(attempts)d."),
    "lost": _("The worker that trained it disappeared, %(attempts)d times out of %(attempts)d."),
}


def sentence(failure: dict[str, Any]) -> str:
    """Return the sentence of a stored failure."""
    values = failure.get("values", {})
    if "bytes" in values:
        values = {**values, "mib": values["bytes"] >> 20}
    return str(SENTENCES[failure["code"]]) % values
