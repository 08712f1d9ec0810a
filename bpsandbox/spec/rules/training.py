"""Rules about how long and how is trained."""

from __future__ import annotations

from bpsandbox.messages import _
from bpsandbox.spec.draft import Draft
from bpsandbox.spec.kinds import WRONG


def momentum_is_there(draft: Draft) -> None:
    optimizer = draft.get("optimizer")
    if not optimizer or optimizer["type"] != "SGD" or WRONG in optimizer.values():
        return
    if optimizer["nesterov"] and (not optimizer["momentum"] or optimizer["dampening"]):
        message = _("nesterov needs momentum above 0 and dampening 0: add momentum: 0.9.")
        draft.add(("optimizer", "nesterov"), message, "nesterov", suggestion="momentum: 0.9")


def length_is_given_once(draft: Draft) -> None:
    if draft.get("training", "epochs") and draft.get("training", "steps"):
        draft.add(("training", "steps"), _("Give epochs or steps, not both."), "length")


def seeds_are_given_once(draft: Draft) -> None:
    if draft.get("seed") is not None and draft.get("seeds") is not None:
        draft.add(("seed",), _("Give seed or seeds, not both."), "seeds")
    seeds = draft.get("seeds")
    if seeds and len(set(seeds)) < len(seeds):
        draft.add(("seeds",), _("A seed stands here twice."), "seeds")


def clipping_says_what(draft: Draft) -> None:
    clipping = draft.get("gradient_clipping")
    if clipping is not None and clipping["norm"] is None and clipping["value"] is None:
        draft.add(("gradient_clipping",), _("Give norm or value."), "clipping")
