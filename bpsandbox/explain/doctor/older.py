"""What older results say in warnings about the inside of a network, which have no evidence for causes and equations."""

from __future__ import annotations

from bpsandbox.document import Document, Finding, RunWarning
from bpsandbox.messages import _
from bpsandbox.numbers import grouped

from .words import finding_words, middle


def sentence_of(finding: Finding, document: Document) -> str:
    """Return what is known of a finding without all of its evidence."""
    if finding.kind == "overfitting":
        return finding_words(finding)
    warning = document.warning(finding.kind)
    return INSIDE[finding.kind](warning) if warning and finding.kind in INSIDE else ""


def _symmetric(warning: RunWarning) -> str:
    return _("All {units} units of layer {layer}, {type}, ended with the same weights: they started equal, so "
             "their gradients were equal. Start from random weights.",
             **_place(warning), units=grouped(warning.units or 0))  # fmt: skip


def _dead(warning: RunWarning) -> str:
    return _("{share} of the units of layer {layer}, {type}, are dead: 0 for every training example. A smaller "
             "learning rate, another initialisation or leaky_relu often helps.", **_place(warning))  # fmt: skip


def _saturated(warning: RunWarning) -> str:
    return _("{share} of the outputs of layer {layer}, {type}, are saturated, where the slope is nearly 0. "
             "Smaller initial weights, scaled inputs or a smaller learning rate often help.",
             **_place(warning))  # fmt: skip


def _place(warning: RunWarning) -> dict[str, str]:
    share = {} if warning.share is None else {"share": f"{warning.share:.0%}"}
    return {"layer": str(warning.layer), "type": warning.type or "", **share}


def _vanishing(warning: RunWarning) -> str:
    return _("The gradient vanishes: at the first step its norm was {last} in layer {last_layer} and {first} in layer "
             "{first_layer}. relu, fewer layers or batch norm often help.",
             first=middle(warning.first_norms), last=middle(warning.last_norms),
             first_layer=warning.first_layer, last_layer=warning.last_layer)  # fmt: skip


INSIDE = {"symmetric": _symmetric, "dead": _dead, "saturated": _saturated, "vanishing": _vanishing}
