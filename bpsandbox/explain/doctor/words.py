"""Findings in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from bpsandbox.document import Finding, RunWarning
from bpsandbox.messages import _
from bpsandbox.numbers import grouped, short


def title_of(kind: str) -> str:
    """Return the name of a kind of finding."""
    return {
        "vanishing": _("Vanishing gradient"),
        "exploding": _("Exploding gradient"),
        "saturated": _("Saturated units"),
        "dead": _("Dead units"),
        "symmetric": _("Symmetric units"),
        "plateau": _("Plateau"),
        "diverged": _("Diverged"),
        "overfitting": _("Overfitting"),
        "chaotic": _("Chaotic loss"),
    }[kind]


def as_warning(finding: Finding) -> RunWarning | None:
    """Return the warning that older results have for a finding; None for what they do not have."""
    evidence: Any = finding.evidence
    seeds, kind = finding.seeds, finding.kind
    if kind == "diverged" and evidence.why == "not_finite":
        return RunWarning("diverged", seeds=seeds)
    if kind == "diverged" and evidence.why == "grown":
        return RunWarning("grown", seeds=seeds, losses=evidence.losses)
    if kind == "plateau" and evidence.why == "stuck":
        return RunWarning("stuck", seeds=seeds)
    if kind == "plateau" and evidence.why == "baseline":
        losses, baseline = evidence.losses, evidence.baseline
        return RunWarning("nothing_learned", seeds=seeds, losses=losses, baseline=baseline)
    if kind in ("symmetric", "dead", "saturated"):
        units, share = evidence.units, evidence.share
        return RunWarning(kind, seeds=seeds, layer=finding.layer, type=evidence.type, units=units, share=share)
    return None


def finding_words(finding: Finding) -> str:
    """Return the sentence of a finding that older results do not have."""
    return WORDS[finding.kind](finding, finding.evidence)


def times(ratio: float | None) -> str:
    """Write a factor that is at least 1."""
    return short(max(ratio, 1.0 / ratio) if ratio else None)


def _vanishing(finding: Finding, evidence: Any) -> str:
    if evidence.through == "time":
        return _("The gradient vanishes in time: over {steps} steps of layer {layer}, {type}, it shrinks by a factor "
                 "of {factor}. LSTM or GRU often helps.",
                 steps=grouped(evidence.steps), layer=str(finding.layer), type=evidence.type,
                 factor=times(evidence.ratio))  # fmt: skip
    return _("The gradient vanishes: from layer {last_layer} back to layer {first_layer} it shrinks by a factor of "
             "{factor}. relu, fewer layers or batch norm often help.",
             last_layer=str(evidence.layers[-1]), first_layer=str(finding.layer),
             factor=times(evidence.ratio))  # fmt: skip


def _exploding(finding: Finding, evidence: Any) -> str:
    if evidence.through == "time":
        return _("The gradient explodes in time: over {steps} steps of layer {layer}, {type}, it grows by a factor of "
                 "{factor}. Gradient clipping or smaller initial weights often help.",
                 steps=grouped(evidence.steps), layer=str(finding.layer), type=evidence.type,
                 factor=times(evidence.ratio))  # fmt: skip
    return _("The gradient explodes: from layer {last_layer} back to layer {first_layer} it grows by a factor of "
             "{factor}. Smaller initial weights often help.",
             last_layer=str(evidence.layers[-1]), first_layer=str(finding.layer),
             factor=times(evidence.ratio))  # fmt: skip


def _plateau(finding: Finding, evidence: Any) -> str:
    return _("The loss no longer falls, although {parameters} parameters could fit {targets} targets. Another seed, a "
             "wider layer or another optimiser often helps.",
             parameters=grouped(evidence.parameters), targets=grouped(evidence.targets))  # fmt: skip


def _diverged(finding: Finding, evidence: Any) -> str:
    if evidence.why == "zero_update":
        return _("The loss diverged because 0 was divided by 0: some weights had a gradient of exactly 0, and with "
                 "eps: 0 their update is 0 / 0. Leave eps out.")  # fmt: skip
    if evidence.why == "zero_weights":
        return _("The loss diverged because 0 was divided by 0: every example of a batch had the class weight 0, so "
                 "its mean loss is 0 / 0. Put all examples in every batch, or write reduction: sum.")  # fmt: skip
    return _("The loss diverged: it rose to {highest}, more than a hundred times its value at the start, and fell back "
             "to {loss} without anything being learned. A smaller learning rate often helps.",
             highest=short(max(evidence.highest)), loss=short(median(evidence.losses)))  # fmt: skip


def _chaotic(finding: Finding, evidence: Any) -> str:
    numbers = {"jump": short(evidence.jump), "scale": short(evidence.scale)}
    if evidence.why == "start":
        return _("The loss jumps up and down: by {jump} from point to point; it was {scale} at first. A smaller "
                 "learning rate often helps.", **numbers)  # fmt: skip
    return _("The loss jumps up and down: by {jump} from point to point, compared with a baseline of {scale}. A "
             "smaller learning rate often helps.", **numbers)  # fmt: skip


def _overfitting(finding: Finding, evidence: Any) -> str:
    numbers = rise(evidence.epoch, evidence.lowest, evidence.last)
    if len(finding.seeds) > 1:
        return _overfitting_of_several(evidence.part, numbers)
    if evidence.part == "val":
        return _("Overfitting: the validation loss was lowest at epoch {epoch}, {low}, and rose by {share} to "
                 "{last} while the training loss kept falling. Early stopping or a penalty often helps.",
                 **numbers)  # fmt: skip
    return _("Overfitting: the test loss was lowest at epoch {epoch}, {low}, and rose by {share} to {last} "
             "while the training loss kept falling. Early stopping on a validation part, or a penalty, often helps.",
             **numbers)  # fmt: skip


def _overfitting_of_several(part: str | None, numbers: dict[str, str]) -> str:
    if part == "val":
        return _("Overfitting: the median validation loss was lowest at epoch {epoch}, {low}, and rose by "
                 "{share} to {last} while the median training loss kept falling. Early stopping or a penalty "
                 "often helps.",
                 **numbers)  # fmt: skip
    return _("Overfitting: the median test loss was lowest at epoch {epoch}, {low}, and rose by {share} to "
             "{last} while the median training loss kept falling. Early stopping on a validation part, or a "
             "penalty, often helps.",
             **numbers)  # fmt: skip


def rise(epoch: float | None, lowest: float | None, last: float | None) -> dict[str, str]:
    """Write where a held-out loss was lowest, and how far above that it ended."""
    low, high = lowest or 0.0, last or 0.0
    share = f"{high / low - 1:,.0%}" if low else "∞"
    return {"epoch": grouped(epoch or 0), "low": short(low), "last": short(high), "share": share}


def middle(values: Sequence[float | None] | None) -> str:
    """Write the median of the numbers that are known."""
    known = [value for value in values or () if value is not None]
    return short(median(known) if known else None)


WORDS = {
    "vanishing": _vanishing, "exploding": _exploding, "plateau": _plateau, "diverged": _diverged, "chaotic": _chaotic,
    "overfitting": _overfitting,
}  # fmt: skip
