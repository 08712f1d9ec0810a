"""Explain why a run has no result. Rows store a code and its values; readers get a sentence in their language."""

from __future__ import annotations

from typing import Any

from bpsandbox.messages import N_, _

SENTENCES = {
    "cpu": N_("It used up its %(seconds)g seconds of processor time. Try fewer epochs, seeds or units."),
    "wall": N_("It did not end within %(seconds)g seconds, perhaps because the machine was busy. Run it again later."),
    "memory": N_("It needed more than its %(mib)d MiB of memory. Try fewer seeds, smaller layers or less data."),
    "flood": N_("Its output was larger than allowed. Record fewer points."),
    "size": N_("Its result is too large to store. Record fewer points."),
    "garbage": N_("The training process sent an unreadable message. This is our mistake, not yours."),
    "unstored": N_("The site could not store its result. This is our mistake, not yours. Run it again later."),
    "engine": N_("%(message)s"),
    "internal": N_("The engine failed (%(message)s). This is our mistake, not yours."),
    "crashed": N_("The training process died in %(attempts)d of %(attempts)d attempts."),
    "lost": N_("The worker that was training it disappeared in %(attempts)d of %(attempts)d attempts."),
}


def sentence(failure: dict[str, Any]) -> str:
    """Return the sentence of a stored failure."""
    values = failure.get("values", {})
    if "bytes" in values:
        values = {**values, "mib": values["bytes"] >> 20}
    return _(SENTENCES[failure["code"]]) % values
