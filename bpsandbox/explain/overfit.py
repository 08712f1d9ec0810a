"""Learning a few examples by heart, in words."""

from __future__ import annotations

from typing import Any

from bpsandbox.messages import _


def overfit_words(check: dict[str, Any]) -> str:
    """Say whether the network learned a few examples by heart, and what to look for when it did not."""
    first, last = (f"{check[name]:.3g}" if check[name] is not None else "∞" for name in ("first_loss", "last_loss"))
    facts = {"n": check["n"], "steps": f"{check['steps']:,}", "first": first, "last": last}
    if check["passed"]:
        return _("The network learned {n} examples by heart: in {steps} steps of Adam their loss fell from {first} "
                 "to {last}.", **facts)  # fmt: skip
    return _("The network did not learn {n} examples by heart: in {steps} steps of Adam their loss went from {first} "
             "to {last}. Look for dead units, a layer that is too narrow, or equal inputs with different targets.",
             **facts)  # fmt: skip
