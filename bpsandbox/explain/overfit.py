"""Describe the overfit check: can the network fit a few examples?"""

from __future__ import annotations

from bpsandbox.document import OverfitCheck
from bpsandbox.messages import _


def overfit_words(check: OverfitCheck) -> str:
    """Return whether the network fitted a few examples, and what to look for if it did not."""
    first, last = ("∞" if loss is None else f"{loss:.3g}" for loss in (check.first_loss, check.last_loss))
    facts = {"n": check.n, "steps": f"{check.steps:,}", "first": first, "last": last}
    if check.passed:
        return _("Passed: in {steps} steps of Adam the loss on {n} examples fell from {first} to {last}.", **facts)
    return _("Failed: in {steps} steps of Adam the loss on {n} examples went from {first} to {last}. Look for dead "
             "units, a layer that is too narrow, or equal inputs with different targets.", **facts)  # fmt: skip
