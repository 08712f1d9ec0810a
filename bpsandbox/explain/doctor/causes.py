"""Why a finding happens, in one line, chosen by its evidence."""

from __future__ import annotations

from typing import Any

from bpsandbox.document import Finding
from bpsandbox.messages import _
from bpsandbox.numbers import grouped, short

from .words import times


def cause_of(finding: Finding) -> str:
    """Return the cause of a finding with the numbers of its evidence."""
    return CAUSES[finding.kind](finding, finding.evidence)


def _vanishing(finding: Finding, evidence: Any) -> str:
    if evidence.through == "time":
        return _("Each step back in time multiplies the gradient by the recurrent weights and the slope of the "
                 "activation. Over {steps} steps this shrinks it by a factor of {factor}, so early inputs are "
                 "not learned.",
                 steps=grouped(evidence.steps), factor=times(evidence.ratio))  # fmt: skip
    return _("Each layer multiplies the gradient by its weights and the slope of its activation. From layer {last} "
             "back to layer {first} this shrinks it by a factor of {factor}, so the first layers hardly change.",
             last=str(evidence.layers[-1]), first=str(finding.layer), factor=times(evidence.ratio))  # fmt: skip


def _exploding(finding: Finding, evidence: Any) -> str:
    if evidence.through == "time":
        return _("Each step back in time multiplies the gradient by the recurrent weights. Over {steps} steps this "
                 "enlarges it by a factor of {factor}, so every update is too large.",
                 steps=grouped(evidence.steps), factor=times(evidence.ratio))  # fmt: skip
    return _("Each layer multiplies the gradient by its weights. From layer {last} back to layer {first} this enlarges "
             "it by a factor of {factor}, so every update is too large.",
             last=str(evidence.layers[-1]), first=str(finding.layer), factor=times(evidence.ratio))  # fmt: skip


def _saturated(finding: Finding, evidence: Any) -> str:
    if evidence.activation in GATED:
        return _("{share} of the outputs of layer {layer}, {type}, are at their bounds, where the slope is nearly 0 "
                 "({start} at the first step). Hardly any gradient passes through them.",
                 **_shares(finding, evidence))  # fmt: skip
    return _("{share} of the outputs of layer {layer}, {type}, are at the bounds of {activation}, where its slope is "
             "nearly 0 ({start} at the first step). Hardly any gradient passes through them.",
             **_shares(finding, evidence))  # fmt: skip


def _dead(finding: Finding, evidence: Any) -> str:
    return _("{share} of the units of layer {layer}, {type}, are 0 for every training example ({start} at the first "
             "step). Their slope is 0, so the loss has no gradient for their weights.",
             **_shares(finding, evidence))  # fmt: skip


def _shares(finding: Finding, evidence: Any) -> dict[str, str]:
    return {
        "share": f"{evidence.share:.0%}",
        "start": f"{evidence.start or 0.0:.0%}",
        "layer": str(finding.layer),
        "type": str(evidence.type),
        "activation": str(evidence.activation),
    }


def _symmetric(finding: Finding, evidence: Any) -> str:
    return _("The {units} units of layer {layer}, {type}, started with equal weights. Equal units have equal "
             "gradients, so they stay equal and act as one unit.",
             units=grouped(evidence.units), layer=str(finding.layer), type=evidence.type)  # fmt: skip


def _plateau(finding: Finding, evidence: Any) -> str:
    if evidence.why == "stuck":
        return _("The loss no longer falls in these seeds, while the best seed reached {best} from another start: "
                 "the result depends on the initial weights.", best=short(evidence.best))  # fmt: skip
    if evidence.why == "flat":
        return _("The loss no longer falls, although {parameters} parameters could fit {targets} targets.",
                 parameters=grouped(evidence.parameters), targets=grouped(evidence.targets))  # fmt: skip
    if evidence.baseline is None:
        return _("The loss did not fall: the outputs do not depend on the inputs in any useful way.")
    if all(loss is not None and loss >= evidence.baseline for loss in evidence.losses or [None]):
        return _("The network is not better than the best constant output, whose loss is {baseline}: its outputs do "
                 "not depend on the inputs in any useful way.", baseline=short(evidence.baseline))  # fmt: skip
    return _("The network is hardly better than the best constant output, whose loss is {baseline}: its outputs do not "
             "depend on the inputs in any useful way.", baseline=short(evidence.baseline))  # fmt: skip


def _diverged(finding: Finding, evidence: Any) -> str:
    growth = evidence.growth
    if evidence.why == "zero_update":
        return _("The update divides by the size of the past gradients plus eps, and eps is 0. Some weights only ever "
                 "had a gradient of 0, as those of a unit that is off for every example: 0 / 0 is not a number, and "
                 "neither is any output that depends on such a weight. The learning rate plays no part.")  # fmt: skip
    if evidence.why == "zero_weights":
        return _("The mean loss of a batch is divided by the sum of its class weights. Every example of one batch had "
                 "the weight 0, and 0 / 0 is not a number. The learning rate plays no part.")  # fmt: skip
    if evidence.why == "overshot":
        return _("The updates were too large: they moved the weights so far, to a loss of {highest}, that the smaller "
                 "updates that followed could not bring them back.", highest=short(max(evidence.highest)))  # fmt: skip
    if growth is None:
        return _("The updates are too large: each one overshoots the minimum and ends farther from it than before.")
    return _("The updates are too large: each one overshoots the minimum and ends farther from it than before. The "
             "loss grew by a factor of {growth} per step.", growth=short(growth))  # fmt: skip


def _overfitting(finding: Finding, evidence: Any) -> str:
    return _("After epoch {epoch} the network fitted details of its training examples: their loss fell to {train}, "
             "while that of unseen examples rose from {lowest} to {last}.",
             epoch=grouped(evidence.epoch), train=short(evidence.train), lowest=short(evidence.lowest),
             last=short(evidence.last))  # fmt: skip


def _chaotic(finding: Finding, evidence: Any) -> str:
    numbers = {"jump": short(evidence.jump), "scale": short(evidence.scale)}
    if evidence.why == "start":
        return _("The updates overshoot the minimum: from point to point the training loss changes by {jump}, up and "
                 "down; it was {scale} at first.", **numbers)  # fmt: skip
    return _("The updates overshoot the minimum: from point to point the training loss changes by {jump}, up and down, "
             "compared with a baseline of {scale}.", **numbers)  # fmt: skip


GATED = ("LSTM", "GRU")
"""Layers whose outputs have bounds, but no one activation."""

CAUSES = {
    "vanishing": _vanishing, "exploding": _exploding, "saturated": _saturated, "dead": _dead, "symmetric": _symmetric,
    "plateau": _plateau, "diverged": _diverged, "overfitting": _overfitting, "chaotic": _chaotic,
}  # fmt: skip
